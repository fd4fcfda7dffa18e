/**
 * Training steps as `lib/train/trainer.ts` makes them, with a clock on each part.
 *
 * @module
 */
import { AdamW } from "../../lib/engine/adamw.ts";
import { BatchGradients } from "../../lib/engine/batch_gradients.ts";
import { DeferredRows } from "../../lib/engine/deferred_rows.ts";
import { DropoutMasks } from "../../lib/engine/dropout_masks.ts";
import { withRates } from "../../lib/engine/parameter_rates.ts";
import { trainingGraphs } from "../../lib/engine/training_graphs.ts";
import type { EncoderConfig } from "../../lib/models/encoder/config.ts";
import { encoderModel } from "../../lib/models/encoder/model.ts";
import type { Example } from "../../lib/models/model.ts";
import type { ParameterSpec } from "../../lib/nn/parameters.ts";
import { Session } from "../../lib/onnx/session.ts";
import { learningRateAt } from "../../lib/train/schedule.ts";
import { readConfig, readWeights } from "../../lib/weights/published_weights.ts";
import { type CaseBatches, classifierOf, recipe, repeatedNormal, type Sentence } from "./case.ts";
import { executedOperations } from "./operations.ts";

/** The parts of a step. All but the runtime and the optimizer are overhead. */
export const partNames = ["runtime", "optimizer", "batch", "masks", "feeds", "rows"] as const;

/** Milliseconds of each part; the rest of the step is not listed. */
export type StepParts = Record<typeof partNames[number], number>;

/** One step, measured. */
export interface OurStep {
  readonly loss: number;
  readonly ms: number;
  readonly parts: StepParts;
  /** Rows of the layers, padding included. */
  readonly rows: number;
  /** Floating-point operations of the products that were executed. */
  readonly operations: number;
}

/** How our side trains. */
export interface OurOptions {
  readonly threads: number;
  readonly dropout: boolean;
  /** Where the learning rate reaches 0. */
  readonly totalSteps: number;
}

/** A model in training. */
export interface OurTraining {
  step(index: number): Promise<OurStep>;
  release(): Promise<void>;
}

/** Loads a case's folder and gives its training steps. */
export async function ourSteps(folder: string, options: OurOptions): Promise<OurTraining> {
  const { config: published } = await readConfig(folder);
  const encoder = options.dropout ? published : withoutDropout(published);
  const config = classifierOf(encoder);
  const { sentences, batches }: CaseBatches = JSON.parse(
    await Deno.readTextFile(`${folder}/batches.json`),
  );
  const examples = sentences.map(exampleOf);
  const graphs = trainingGraphs(encoderModel.graph(config));
  const clocks = startClocks();
  const optimizer = await AdamW.create(
    withRates(graphs.parameters, { frozen: [], layerDecay: 1 }),
    await initialWeights(folder, encoder, graphs.parameters),
    recipe,
    graphs.rows.map(({ table }) => table),
  );
  const gradients = await BatchGradients.create(graphs, optimizer, {
    seed: recipe.seed,
    accumulate: 1,
    threads: options.threads,
  });
  return {
    async step(index) {
      const before = { ...clocks };
      const start = performance.now();
      const places = batches[index % batches.length];
      const batch = encoderModel.batch(config, places.map((place) => examples[place]), {
        seed: recipe.seed,
        epoch: 0,
        places,
      });
      const assembled = performance.now();
      const loss = await gradients.compute([batch], index);
      const computed = performance.now();
      optimizer.step(learningRateAt({ ...recipe, totalSteps: options.totalSteps }, index));
      const end = performance.now();
      const runtime = clocks.runtime - before.runtime;
      const session = clocks.session - before.session;
      const masks = clocks.masks - before.masks;
      const { B, T } = batch.sizes;
      const refreshed = clocks.refreshed - before.refreshed;
      return {
        loss,
        ms: end - start,
        parts: {
          runtime,
          optimizer: end - computed + refreshed,
          batch: assembled - start,
          masks,
          feeds: session - runtime,
          rows: computed - assembled - session - masks - refreshed,
        },
        rows: B * T,
        operations: executedOperations(encoder, { B, T }),
      };
    },
    release: () => gradients.release(),
  };
}

/** Asks for a label where a piece has one. */
function exampleOf({ inputIds, labels }: Sentence): Example {
  const asked = labels.flatMap((label, t) => label < 0 ? [] : [t]);
  return { inputIds, typeIds: [], wordIds: [], asked, gold: asked.map((t) => labels[t]) };
}

async function initialWeights(
  folder: string,
  config: EncoderConfig,
  parameters: readonly ParameterSpec[],
): Promise<Map<string, Float32Array>> {
  const stored = await Deno.stat(`${folder}/model.safetensors`).then(() => true, () => false);
  if (!stored) return repeatedNormal(parameters);
  const { weights } = await readWeights(folder, config, parameters);
  return new Map([...weights].map(([name, { data }]) => [name, data]));
}

function withoutDropout(config: EncoderConfig): EncoderConfig {
  return { ...config, hidden_dropout_prob: 0, attention_probs_dropout_prob: 0 };
}

/** Milliseconds since the clocks were started, summed over calls. */
interface Clocks {
  /** Within ONNX Runtime. */
  runtime: number;
  /** Within our session, the runtime included. */
  session: number;
  masks: number;
  /** Within the optimizer, where it brings embedding rows up to date. */
  refreshed: number;
}

/** Puts clocks around the methods that a step calls from within. */
function startClocks(): Clocks {
  const clocks = { runtime: 0, session: 0, masks: 0, refreshed: 0 };
  const { run } = Session.prototype;
  Session.prototype.run = async function (...args) {
    const start = performance.now(), before = this.runtimeMs;
    const outputs = await run.apply(this, args);
    clocks.session += performance.now() - start;
    clocks.runtime += this.runtimeMs - before;
    return outputs;
  };
  const { draw } = DropoutMasks.prototype;
  DropoutMasks.prototype.draw = async function (...args) {
    const start = performance.now();
    const mask = await draw.apply(this, args);
    clocks.masks += performance.now() - start;
    return mask;
  };
  const { refresh } = DeferredRows.prototype;
  DeferredRows.prototype.refresh = function (...args) {
    const start = performance.now();
    refresh.apply(this, args);
    clocks.refreshed += performance.now() - start;
  };
  return clocks;
}
