/**
 * What trainings of published encoders read, by their plan, before any corpus is there.
 *
 * @module
 */
import { askedOf } from "../lib/experiment/mixture_pools.ts";
import { corpusSize } from "../lib/memory/corpus_lengths.ts";
import type { Instance, Plan } from "../lib/plan/plan.ts";

/** A training of a published encoder, as its plan has it. */
export interface PlannedTraining {
  readonly stage: string;
  /** The encoder that it starts from, as the file names it. */
  readonly encoder: string;
  /** What its sentences are drawn from; a name stands there once for each language. */
  readonly corpora: readonly string[];
  readonly steps: number;
  /** Sentences read, again in every epoch; at most, where a corpus has fewer than its limit. */
  readonly sentences: number;
  /** Whether it guesses masked words, by a head over the whole vocabulary. */
  readonly masks: boolean;
}

/** Training sentences of WikiANN's small languages, which are fewer than limits (Rahimi et al. 2019). */
const fewSentences: Readonly<Record<string, number>> = {
  ...Object.fromEntries(
    [
      "am",
      "ay",
      "cdo",
      "gn",
      "ia",
      "ig",
      "ilo",
      "jv",
      "mhr",
      "mi",
      "my",
      "qu",
      "rw",
      "tk",
      "xmf",
      "yo",
    ]
      .map((language) => [language, 100]),
  ),
  is: 1000,
  sw: 1000,
  te: 1000,
  af: 5000,
  hi: 5000,
};

/** Training sentences of a language that an instance hands on. */
interface Pool {
  readonly corpus: string;
  readonly language: string;
  readonly sentences: number;
}

/** The trainings of a plan that start from a published encoder, also by others before, in its order. */
export function plannedTrainings({ instances, kinds }: Plan): PlannedTraining[] {
  const pools = new Map<string, readonly Pool[]>();
  const encoders = new Map<string, string>();
  const trainings: PlannedTraining[] = [];
  for (const instance of instances) {
    const { id, stage, kind: name, inputs } = instance;
    const kind = kinds.get(name)!;
    const params = instance.params as Record<string, unknown>;
    const read = Object.entries(inputs)
      .filter(([input]) => input !== "watch" && kind.inputs[input].files.includes("train.parquet"))
      .flatMap(([, upstream]) => upstream.flatMap((each) => pools.get(each) ?? []));
    pools.set(id, kind.holds ? heldBy(kind.holds(instance.params)) : mixed(instance, read));
    const start = inputs.start?.map((each) => encoders.get(each)).find((each) => each);
    const encoder = name === "encoder" ? String(params.encoder) : start;
    if (encoder !== undefined) encoders.set(id, encoder);
    if (encoder !== undefined && isTraining(params)) {
      trainings.push({
        stage,
        encoder,
        corpora: read.map(({ corpus }) => corpus),
        masks: name === "adapter.mlm" || name === "mlm.train",
        ...lengthOf(params, read.reduce((total, { sentences }) => total + sentences, 0)),
      });
    }
  }
  return trainings;
}

interface Length {
  readonly epochs: number;
  readonly batchSize: number;
  readonly accumulate: number;
  readonly maxSteps: number;
}

function isTraining(params: Record<string, unknown>): params is Record<string, unknown> & Length {
  return "epochs" in params && "batchSize" in params && "maxSteps" in params;
}

function lengthOf(
  { epochs, batchSize, accumulate, maxSteps }: Length,
  sentences: number,
): { steps: number; sentences: number } {
  const perEpoch = Math.ceil(Math.ceil(sentences / batchSize) / accumulate);
  const whole = epochs * perEpoch;
  const steps = maxSteps > 0 ? Math.min(maxSteps, whole) : whole;
  return { steps, sentences: Math.round(epochs * sentences * (whole > 0 ? steps / whole : 0)) };
}

function heldBy(
  held: readonly { corpus: string; language: string; train?: number }[],
): Pool[] {
  return held.map(({ corpus, language, train = corpusSize(corpus).train }) => {
    const there = corpus === "wikiann" && Object.hasOwn(fewSentences, language)
      ? fewSentences[language]
      : Infinity;
    return { corpus, language, sentences: Math.min(train, there) };
  });
}

/** What a stage hands on of what it reads: a mix takes k of each language. */
function mixed({ kind, params }: Instance, read: readonly Pool[]): Pool[] {
  if (kind !== "mix") return [...read];
  const asked = params as Parameters<typeof askedOf>[0];
  return read.map((pool) => ({
    ...pool,
    sentences: Math.min(pool.sentences, askedOf(asked, pool.language) ?? Infinity),
  }));
}
