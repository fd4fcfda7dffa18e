/**
 * Trains a token classifier: batches, dropout masks, gradients from ONNX Runtime, AdamW.
 *
 * @module
 */
import { evaluateDims } from "../autodiff/dims.ts";
import type { EncoderConfig } from "../nn/config.ts";
import { initialiseOffsetHeads } from "../nn/offset_heads.ts";
import { initialise, type ParameterSpec } from "../nn/parameters.ts";
import {
  embeddingTables,
  tokenClassifierGraphs,
  type TrainingGraphs,
} from "../nn/token_classifier.ts";
import type { HostTensor } from "../onnx/dtype.ts";
import { Session } from "../onnx/session.ts";
import {
  assembleBatch,
  type Batch,
  type EncodedSentences,
  epochBatches,
  packSentences,
  sentenceCount,
} from "../text/batching.ts";
import { encodeTagged, type LabelledPieces } from "../text/encode.ts";
import { recombineNames, type TaggedWords } from "../text/recombine.ts";
import type { WordTokenizer } from "../text/tokenizer.ts";
import {
  checkVocabulary,
  createTokenizer,
  type TokenizerSource,
} from "../text/tokenizer_source.ts";
import { AdamW, type AdamWOptions } from "./adamw.ts";
import { DropoutMasks } from "./dropout_masks.ts";
import { addEmbeddingRows } from "./embedding_rows.ts";
import type { NamedTensor } from "./safetensors.ts";
import { linearRate } from "./schedule.ts";
import { type ClassifiedWord, forwardFeeds, parameterFeeds, Tagger } from "./tagger.ts";

/** How to train. */
export interface TrainingOptions extends AdamWOptions {
  /** Names the weights, the order of sentences and the dropout masks. */
  seed: number;
  epochs: number;
  /** Sentences in a batch. */
  batchSize: number;
  /** The greatest learning rate of the linear schedule. */
  learningRate: number;
  /** Share of the steps in which the rate grows. */
  warmupShare: number;
  /** Processor threads of the runtime. The same number gives the same bytes. */
  threads: number;
  /** Share of name words that are recombined, anew in every epoch; see `recombineNames`. */
  recombineNames: number;
  /** Steps at most; 0 for as many as the epochs have. The schedule ends with the last step. */
  maxSteps: number;
  /** Score the validation sentences after every this many epochs, and after the last. */
  evaluateEvery: number;
}

/** How random weights start, by the name that a pipeline file uses. */
export const initialisations = { normal: initialiseNormal, offsetHeads: initialiseOffsetHeads };

/** One of {@linkcode initialisations}. */
export type InitialisationName = keyof typeof initialisations;

function initialiseNormal(_: EncoderConfig, specs: readonly ParameterSpec[], seed: number) {
  return initialise(specs, seed);
}

/** A training, as plain data: it can cross to a Worker. */
export interface TrainingJob {
  readonly config: EncoderConfig;
  readonly initialisation: InitialisationName;
  /** Label names by index. */
  readonly labels: readonly string[];
  readonly tokenizer: TokenizerSource;
  /** Which pieces of a training word carry its label. */
  readonly labelledPieces: LabelledPieces;
  /** Greatest number of pieces in a training sentence. */
  readonly maxTokens: number;
  readonly train: readonly TaggedWords[];
  /** Scored as training goes on; never trained on. */
  readonly validation: EncodedSentences;
  readonly options: TrainingOptions;
}

/** How well a model knows the validation words. */
export interface DevScore {
  /** Mean cross entropy, nats. */
  readonly loss: number;
  /** Share of words with the right label, 0 … 1. */
  readonly accuracy: number;
}

/** One step, as the history keeps it. */
export interface StepRecord {
  /** From 1. */
  readonly step: number;
  /** From 1. */
  readonly epoch: number;
  /** Mean cross entropy, nats. */
  readonly loss: number;
  readonly learningRate: number;
  /** Global L2 norm before clipping. */
  readonly gradientNorm: number;
  /** Labelled words in the batch. */
  readonly words: number;
  /** Pieces in the batch, padding left out. */
  readonly pieces: number;
  /** Of the validation words after this step, where they were scored. */
  readonly dev: DevScore | null;
}

/** The outcome of a training. */
export interface TrainingResult {
  readonly weights: Map<string, NamedTensor>;
  readonly history: StepRecord[];
  readonly trainingModel: Uint8Array;
  readonly evaluationModel: Uint8Array;
}

/** The number of optimizer steps of a run. */
export function totalSteps(
  sentences: number,
  { batchSize, epochs, maxSteps }: Pick<TrainingOptions, "batchSize" | "epochs" | "maxSteps">,
): number {
  const steps = Math.ceil(sentences / batchSize) * epochs;
  return maxSteps > 0 ? Math.min(steps, maxSteps) : steps;
}

/**
 * Trains from random weights and returns the last weights. Equal jobs give equal bytes on the same
 * type of machine.
 *
 * @param onStep called after every optimizer step
 * @throws {Error} when the loss or a gradient is not finite, with the step and the learning rate
 */
export async function trainTokenClassifier(
  job: TrainingJob,
  onStep: (record: StepRecord, steps: number) => void = () => {},
): Promise<TrainingResult> {
  const { config, options, labels, train } = job;
  if (train.length === 0) throw new Error("Cannot train on no sentences");
  const tokenizer = createTokenizer(job.tokenizer);
  checkVocabulary(job.tokenizer, tokenizer, config.vocab_size);
  const graphs = tokenClassifierGraphs(config, labels.length, { embeddingGradients: "rows" });
  const optimizer = await AdamW.create(
    graphs.parameters,
    initialisations[job.initialisation](config, graphs.parameters, options.seed),
    options,
  );
  const named = (views: ReadonlyMap<string, Float32Array>): Map<string, NamedTensor> =>
    new Map(graphs.parameters.map(({ name, shape }) => [name, { shape, data: views.get(name)! }]));
  const weights = named(optimizer.weights);
  const session = await Session.create(graphs.training, { threads: options.threads });
  const tagger = await Tagger.create(graphs.evaluation, weights, {
    padId: config.pad_token_id,
    threads: options.threads,
  });
  const parameters = parameterFeeds(weights);
  const tables: string[] = Object.values(embeddingTables);
  const gradients = Object.fromEntries(
    Object.entries(parameterFeeds(named(optimizer.gradients)))
      .filter(([name]) => !tables.includes(name))
      .map(([name, tensor]) => [`grad.${name}`, tensor]),
  );
  const masks = new DropoutMasks(options.seed);
  const steps = totalSteps(train.length, options);
  const history: StepRecord[] = [];
  try {
    for (let epoch = 0; history.length < steps; epoch++) {
      const encoded = encodeEpoch(job, tokenizer, epoch);
      const batches = epochBatches(encoded, { ...options, epoch });
      for (const [index, sentences] of batches.entries()) {
        const step = history.length;
        if (step === steps) break;
        const batch = assembleBatch(encoded, sentences, config.pad_token_id);
        const outputs = await session.run({
          ...parameters,
          ...forwardFeeds(batch),
          labels: { dtype: "int64", dims: [batch.labels.length], data: batch.labels },
          ...await maskFeeds(masks, graphs.dropoutSites, batch, step),
        }, gradients);
        const loss = (outputs.loss.data as Float32Array)[0];
        const rows = outputs["grad.embeddedRows"].data as Float32Array;
        addEmbeddingRows(
          rows,
          batch,
          batch.inputIds,
          optimizer.gradients.get(embeddingTables.word)!,
        );
        addEmbeddingRows(
          rows,
          batch,
          batch.positionIds,
          optimizer.gradients.get(embeddingTables.position)!,
        );
        const learningRate = linearRate(
          { peak: options.learningRate, warmupShare: options.warmupShare, totalSteps: steps },
          step,
        );
        const gradientNorm = optimizer.step(learningRate);
        if (!Number.isFinite(loss) || !Number.isFinite(gradientNorm)) {
          throw new Error(divergence(step + 1, steps, loss, gradientNorm, learningRate, history));
        }
        const endsEpoch = index === batches.length - 1 && (epoch + 1) % options.evaluateEvery === 0;
        const scored = (endsEpoch || step + 1 === steps) &&
          sentenceCount(job.validation) > 0;
        const record = {
          step: step + 1,
          epoch: epoch + 1,
          loss,
          learningRate,
          gradientNorm,
          words: batch.labels.length,
          pieces: pieceCount(encoded, sentences),
          dev: scored ? await devScore(tagger, job.validation) : null,
        };
        history.push(record);
        onStep(record, steps);
      }
    }
  } finally {
    await session.release();
    await tagger.release();
  }
  return {
    weights: new Map(
      [...weights].map(([name, { shape, data }]) => [name, { shape, data: data.slice() }]),
    ),
    history,
    trainingModel: graphs.training,
    evaluationModel: graphs.evaluation,
  };
}

/** The training sentences as an epoch sees them. */
function encodeEpoch(
  { train, labels, labelledPieces, maxTokens, options }: TrainingJob,
  tokenizer: WordTokenizer,
  epoch: number,
): EncodedSentences {
  const words = options.recombineNames > 0
    ? recombineNames(train, options.recombineNames, options.seed, epoch)
    : train;
  return packSentences(
    words.map((each) => encodeTagged(tokenizer, each, labels, maxTokens, labelledPieces)),
  );
}

function pieceCount({ starts }: EncodedSentences, sentences: readonly number[]): number {
  return sentences.reduce((sum, i) => sum + starts[i + 1] - starts[i], 0);
}

/** One boolean mask per dropout site, of the size that this batch gives it. */
async function maskFeeds(
  masks: DropoutMasks,
  sites: TrainingGraphs["dropoutSites"],
  batch: Batch,
  step: number,
): Promise<Record<string, HostTensor>> {
  const sizes = { B: batch.B, T: batch.T, M: batch.labels.length };
  const feeds: Record<string, HostTensor> = {};
  for (const { name, dims, rate } of sites) {
    const shape = evaluateDims(dims, sizes);
    const count = shape.reduce((a, b) => a * b, 1);
    feeds[name] = { dtype: "bool", dims: shape, data: await masks.draw(name, step, count, rate) };
  }
  return feeds;
}

async function devScore(tagger: Tagger, validation: EncodedSentences): Promise<DevScore> {
  const words = (await tagger.classify(validation)).flat();
  const sum = (of: (word: ClassifiedWord) => number) => words.reduce((s, word) => s + of(word), 0);
  return {
    loss: sum(({ logProbabilities, gold }) => -logProbabilities[gold]) / words.length,
    accuracy:
      sum(({ logProbabilities, gold }) =>
        logProbabilities[gold] === Math.max(...logProbabilities) ? 1 : 0
      ) / words.length,
  };
}

function divergence(
  step: number,
  steps: number,
  loss: number,
  gradientNorm: number,
  learningRate: number,
  history: readonly StepRecord[],
): string {
  const last = history.at(-1);
  return `Cannot go on training: at step ${step} of ${steps} the loss is ${loss} and the ` +
    `gradient norm ${gradientNorm} (learning rate ${learningRate.toPrecision(3)}, last finite ` +
    `loss ${last ? last.loss.toPrecision(4) : "none"}). Lower learningRate or raise warmupShare`;
}
