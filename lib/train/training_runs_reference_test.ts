import { strict as assert } from "node:assert";
import { parseEncoderConfig } from "../models/encoder/config.ts";
import { encoderBatch } from "../models/encoder/batch.ts";
import type { HeadName } from "../models/encoder/published_config.ts";
import type { Slicing } from "../models/encoder/heads/token.ts";
import type { TrainingGraphOptions } from "../engine/training_graphs.ts";
import {
  decode,
  graphsOf,
  parametersFor,
  readReference,
} from "../../scripts/references/recorded_encoders.ts";
import { AdamW, type AdamWOptions } from "../engine/adamw.ts";
import { BatchGradients } from "../engine/batch_gradients.ts";
import { withRates } from "../engine/parameter_rates.ts";
import { learningRateAt } from "./schedule.ts";

interface Run {
  readonly head: HeadName;
  readonly slicing: Slicing | null;
  readonly losses: readonly number[];
  readonly gradientNorms: readonly number[];
  readonly end: Readonly<Record<string, string>>;
}

/** Written by scripts/references/training_runs.py. */
interface Recording {
  readonly recordedWith: { readonly torch: string };
  readonly tolerances: {
    readonly losses: number;
    readonly gradientNorms: number;
    /** Of all parameters but the biases of keys, on which no score depends. */
    readonly parameters: number;
    readonly keyBiases: number;
  };
  readonly optimizer: AdamWOptions & {
    readonly learningRate: number;
    readonly warmupShare: number;
  };
  readonly sentences: readonly {
    readonly inputIds: readonly number[];
    readonly labels: Readonly<Record<HeadName, readonly number[]>>;
  }[];
  /** Sentences of each step. */
  readonly batches: readonly (readonly number[])[];
  readonly runs: readonly Run[];
}

const folder = new URL("../../tests/fixtures/training_runs/", import.meta.url);
const families = ["xlm_roberta", "roberta", "bert", "distilbert"];

/** What crosstie's engine makes of a recorded run. */
async function train(
  family: string,
  { optimizer: options, sentences, batches }: Recording,
  { head, slicing }: Run,
  tableGradients: TrainingGraphOptions["tableGradients"],
) {
  const reference = await readReference(family);
  const config = parseEncoderConfig(reference.config);
  const check = { head, slicing, tokenTypeIds: null };
  const { training: graphs } = graphsOf(config, reference.numLabels, check, tableGradients);
  const start = Object.entries(parametersFor(reference, check))
    .map(([name, { data }]) => [name, data as Float32Array] as const);
  const optimizer = await AdamW.create(
    withRates(graphs.parameters, { frozen: [], layerDecay: 1 }),
    new Map(start),
    options,
    graphs.rows.map(({ table }) => table),
  );
  const examples = sentences.map(({ inputIds, labels }) => {
    const asked = inputIds.flatMap((_, i) => labels[head][i] >= 0 ? [i] : []);
    return {
      inputIds,
      typeIds: [],
      wordIds: [],
      asked,
      gold: asked.map((i) => labels[head][i]),
    };
  });
  const gradients = await BatchGradients.create(graphs, optimizer, {
    seed: 1,
    accumulate: 1,
    threads: 1,
  });
  const losses: number[] = [], gradientNorms: number[] = [];
  for (const [step, batch] of batches.entries()) {
    const assembled = encoderBatch(config, batch.map((place) => examples[place]));
    losses.push(await gradients.compute([assembled], step));
    const rate = learningRateAt(
      { ...options, schedule: "linear", peak: options.learningRate, totalSteps: batches.length },
      step,
    );
    gradientNorms.push(optimizer.step(rate));
  }
  await gradients.release();
  optimizer.settle();
  return { losses, gradientNorms, weights: optimizer.weights, start: new Map(start) };
}

function largestError(got: ArrayLike<number>, wanted: ArrayLike<number>): number {
  assert.equal(got.length, wanted.length);
  let most = 0;
  for (let i = 0; i < wanted.length; i++) most = Math.max(most, Math.abs(got[i] - wanted[i]));
  return most;
}

function titleOf({ head, slicing }: Run): string {
  if (!slicing) return head;
  return `${head} in slices, classifier ${slicing.trainClassifier ? "trained" : "kept"}`;
}

for (const family of families) {
  const recording: Recording = JSON.parse(
    await Deno.readTextFile(new URL(`${family}.json`, folder)),
  );
  const { tolerances, batches, recordedWith } = recording;
  for (const run of recording.runs) {
    // A masked language model predicts from its word embeddings: their gradients are dense.
    const variants = run.head === "MaskedLM" ? ["dense"] as const : ["dense", "rows"] as const;
    for (const variant of variants) {
      const title = `${family}, ${titleOf(run)}, ${variant} embedding gradients`;
      Deno.test(`${title}: ${batches.length} AdamW steps end as PyTorch ${recordedWith.torch}'s`, async () => {
        const { losses, gradientNorms, weights, start } = await train(
          family,
          recording,
          run,
          variant,
        );
        const lossError = largestError(losses, run.losses);
        assert.ok(lossError <= tolerances.losses, `the losses differ by ${lossError}`);
        const normError = largestError(gradientNorms, run.gradientNorms);
        assert.ok(normError <= tolerances.gradientNorms, `the norms differ by ${normError}`);
        assert.deepEqual([...weights.keys()].sort(), Object.keys(run.end).sort());
        for (const [name, { data }] of weights) {
          const wanted = decode(run.end[name]);
          const moved = largestError(wanted, start.get(name)!);
          const isKeyBias = /\.(key|k_lin)\.bias$/.test(name);
          const isKept = name === "classifier.weight" && run.slicing?.trainClassifier === false;
          const error = largestError(data, wanted);
          const tolerance = isKeyBias ? tolerances.keyBiases : tolerances.parameters;
          assert.ok(error <= (isKept ? 0 : tolerance), `${name} differs by ${error}`);
          // A parameter that stays where it was would show nothing.
          assert.ok(
            isKeyBias || (isKept ? moved === 0 : moved > 2e-3),
            `${name} moved by ${moved}`,
          );
        }
      });
    }
  }
}
