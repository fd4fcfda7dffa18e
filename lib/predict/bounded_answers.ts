/**
 * Answers of a model that has very many of them, such as a vocabulary: batches are bounded by what is
 * asked, so that logits take no more memory than is given.
 *
 * @module
 */
import type { Answer, Example } from "../models/model.ts";
import type { Predictor } from "./predictor.ts";

/** The memory of a batch's logits. A runtime holds them a few times. */
const logitBytes = 128 * 2 ** 20;
/** Sentences in a batch at most. */
const mostSentences = 32;

/** What is asked in a batch at most, of so many answers. */
export function mostAsked(answers: number): number {
  return Math.max(1, Math.floor(logitBytes / (4 * answers)));
}

/** Some of what is asked in an example. */
interface Part {
  /** The example's index. */
  readonly place: number;
  readonly example: Example;
}

/**
 * Answers all that is asked, in the order given, at most `most` questions at once. A sentence with
 * more of them is read several times.
 *
 * @param onBatch called after each batch with the number of questions answered so far
 */
export async function answerBounded<C>(
  predictor: Predictor<C>,
  examples: readonly Example[],
  most: number,
  onBatch: (done: number) => void = () => {},
): Promise<Answer[][]> {
  const answers: Answer[][] = examples.map(() => []);
  let done = 0;
  for (const parts of batchesOf(examples, most)) {
    const given = await predictor.answer(parts.map(({ example }) => example));
    parts.forEach(({ place }, i) => answers[place].push(...given[i]));
    onBatch(done += given.flat().length);
  }
  return answers;
}

/** Batches of sentences of like length; the parts of a sentence keep their order. */
export function batchesOf(examples: readonly Example[], most: number): Part[][] {
  const parts = examples.flatMap((example, place): Part[] => {
    const count = Math.ceil(example.asked.length / most);
    return Array.from({ length: count }, (_, k) => ({
      place,
      example: {
        ...example,
        asked: example.asked.slice(k * most, (k + 1) * most),
        gold: example.gold.slice(k * most, (k + 1) * most),
      },
    }));
  });
  parts.sort((a, b) => a.example.inputIds.length - b.example.inputIds.length || a.place - b.place);
  const batches: Part[][] = [];
  let room = 0;
  for (const part of parts) {
    const { length } = part.example.asked;
    if (length > room || batches[batches.length - 1].length === mostSentences) {
      batches.push([]);
      room = most;
    }
    batches[batches.length - 1].push(part);
    room -= length;
  }
  return batches;
}
