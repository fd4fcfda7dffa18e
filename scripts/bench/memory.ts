/**
 * The memory of a long training of a tiny model.
 *
 * @module
 */
import { CounterRandom } from "../../lib/core/random.ts";
import { encoderOf, labels, randomBatches, recipe, type Sentence, writeCase } from "./case.ts";
import type { OurAnswer } from "./our_side.ts";
import { Side } from "./side.ts";

/** Resident memory after a number of steps. */
export interface MemoryMark {
  readonly steps: number;
  readonly residentBytes: number;
}

/**
 * Trains a model of 2 layers × 64 on sentences of 3 to 60 pieces, and looks ten times.
 *
 * @param folder an empty one
 * @param steps in all, at least 10
 */
export async function memoryOverSteps(folder: string, steps: number): Promise<MemoryMark[]> {
  const config = encoderOf({ layers: 2, width: 64, vocabulary: 2000 });
  const random = new CounterRandom("memory", recipe.seed);
  const sentences = Array.from({ length: 4096 }, (): Sentence => {
    const length = 3 + random.integer(58);
    return {
      inputIds: Array.from({ length }, () => 4 + random.integer(config.vocab_size - 4)),
      labels: Array.from({ length }, () => random.integer(labels.length)),
    };
  });
  await writeCase(folder, config, randomBatches(sentences, 8), false);
  const side = Side.startModule("our side", new URL("our_side.ts", import.meta.url), [
    ...[folder, "--total-steps", `${steps}`],
  ]);
  const marks: MemoryMark[] = [];
  const part = Math.floor(steps / 10);
  for (let from = 0; from < 10 * part; from += part) {
    const { residentBytes } = await side.ask<OurAnswer>({ from, steps: part });
    marks.push({ steps: from + part, residentBytes });
  }
  await side.close();
  return marks;
}
