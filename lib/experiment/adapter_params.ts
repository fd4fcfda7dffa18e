/**
 * The params that say what is put around an encoder, and the encoder that it is put around.
 *
 * @module
 */
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import type { Json } from "../core/canonical_json.ts";
import { type Problem, UserError } from "../core/errors.ts";
import { adapterParameters, type NamedAdapter } from "../models/adapters/bottleneck.ts";
import type { Adapted } from "../models/adapters/model.ts";
import type { FloatTensor } from "../onnx/dtype.ts";
import type { EncoderConfig } from "../models/encoder/config.ts";
import { activations } from "../nn/activation.ts";
import { initialise, type ParameterSpec } from "../nn/parameters.ts";
import { count } from "../plan/bounds.ts";
import { aboutParam, type InputInstance, type Reading } from "../plan/stage.ts";
import { adapterDigest, fitting, readAdapter } from "../weights/adapter_files.ts";
import { loraDigest, type ReadLora, readLora } from "../weights/lora_files.ts";
import { readJson } from "../weights/published_files.ts";
import { readPublishedFolder } from "../weights/published_folder.ts";
import { readSafetensors } from "../weights/safetensors_file.ts";
import { encoderFields } from "./encoder_params.ts";
import type { EncoderStart } from "./start.ts";

const project = fileURLToPath(new URL("../..", import.meta.url));

/** The encoder, and a bottleneck in its layers. */
export const adapterFields = {
  encoder: encoderFields.encoder.describe(
    "the folder of a published encoder, in the project or absolute; or give input start",
  ),
  dropout: encoderFields.dropout,
  attentionDropout: encoderFields.attentionDropout,
  name: z.string().regex(/^[A-Za-z0-9_-]+$/).default("task").describe(
    "what the adapter is called in its files",
  ),
  bottleneck: count.positive().default(64).describe(
    "width of the adapter in each layer; not for LoRA",
  ),
  nonLinearity: z.enum(activations).default("relu").describe("of the adapter; not for LoRA"),
  leaveOut: z.array(count).default([]).describe(
    "layers without an adapter, from 0: MAD-X 2.0 leaves out the last; not for LoRA",
  ),
};

/** The values of {@linkcode adapterFields}. */
export type AdapterParams = z.output<z.ZodObject<typeof adapterFields>>;

/** An encoder is given once: as a folder or as another stage's model. */
export function encoderGivenOnce(
  { encoder }: Pick<AdapterParams, "encoder">,
  named: ReadonlySet<string>,
): Problem[] {
  if ((encoder !== undefined) !== named.has("start")) return [];
  return [{
    message: encoder === undefined
      ? "Cannot train an adapter without an encoder: a new one would stay as it starts, at random"
      : 'Cannot use param "encoder" beside input "start", which is an encoder already',
    hint: encoder === undefined
      ? "give the folder of a published encoder as encoder, or a trained model as input start"
      : "leave encoder out, or the input",
    param: ["encoder"],
  }];
}

/** What the encoder and a language adapter are, before anything runs. */
export async function adapterReads(
  { encoder, languageAdapter, lora }: {
    readonly encoder?: string;
    readonly languageAdapter?: string;
    readonly lora?: string;
  },
): Promise<Reading> {
  const facts: Record<string, Json> = {};
  const paths: string[] = [];
  if (encoder !== undefined) {
    const found = await aboutParam("encoder", () => readPublishedFolder(encoder, project));
    facts.encoder = found.digest;
    paths.push(found.folder);
  }
  if (languageAdapter !== undefined) {
    const folder = resolve(project, languageAdapter);
    facts.languageAdapter = await aboutParam("languageAdapter", () => adapterDigest(folder));
    paths.push(folder);
  }
  if (lora !== undefined) {
    const folder = resolve(project, lora);
    facts.lora = await aboutParam("lora", () => loraDigest(folder));
    paths.push(folder);
  }
  return { facts: Object.keys(facts).length > 0 ? facts : null, paths };
}

/**
 * A new adapter of the params.
 *
 * @param coupling the invertible part of a language adapter
 * @throws {UserError} when the encoder has no such layers, or is narrower than the bottleneck
 */
export function newAdapter(
  { name, bottleneck, nonLinearity, leaveOut }: AdapterParams,
  { hidden_size: width, num_hidden_layers: depth }: EncoderConfig,
  coupling?: { readonly reduction: number },
): NamedAdapter {
  const problems: Problem[] = leaveOut.filter((layer) => layer >= depth).map((layer) => ({
    message: `Cannot leave out layer ${layer}: the encoder has the layers 0 … ${depth - 1}`,
    param: ["leaveOut"],
  }));
  if (bottleneck > width) {
    problems.push({
      message: `Cannot put a bottleneck of ${bottleneck} into an encoder of width ${width}`,
      hint: `give a bottleneck of ${width} or less`,
      param: ["bottleneck"],
    });
  }
  if (problems.length > 0) throw new UserError(problems);
  const even = width / bottleneck;
  return {
    name,
    adapter: {
      activation: nonLinearity,
      scaling: 1,
      dropout: 0,
      // ⌊width / reduction⌋ is the bottleneck's width, also where it does not divide the encoder's.
      reduction: Number.isInteger(even) ? even : width / (bottleneck + 0.5),
      leaveOut,
      ...(coupling ? { coupling } : {}),
    },
  };
}

/** The adapters below a new one: those of a start, or one that was read, with what tells it apart. */
export interface Below {
  readonly stack: readonly NamedAdapter[];
  readonly weights: ReadonlyMap<string, FloatTensor>;
  /** Tells files of their own apart. */
  readonly identity: Json;
  /** The start that they are part of; none where they have files of their own. */
  readonly start?: string;
}

/**
 * What a new adapter is stacked on.
 *
 * @throws {UserError} when the start has a LoRA or a stack already, or an adapter is given beside it
 */
export async function adaptersBelow(
  languageAdapter: string | undefined,
  start: InputInstance | undefined,
  config: EncoderConfig,
): Promise<Below> {
  const published = start ? await readJson(start.files["config.json"]) : {};
  const { adapted } = Object(Object(published).crosstie) as { adapted?: Adapted };
  if (adapted !== undefined) {
    const why = languageAdapter !== undefined
      ? "it has a language adapter already, and languageAdapter is another"
      : "lora" in adapted
      ? "it has a LoRA, which nothing is stacked on"
      : adapted.stack.length > 1
      ? "it has a task adapter already"
      : undefined;
    if (why === undefined && "stack" in adapted) {
      const { instance, files } = start!;
      const all = await readSafetensors(files["model.safetensors"]);
      const specs = adapted.stack.flatMap((each) => adapterParameters(config, each));
      const own = new Map(specs.map(({ name }) => [name, all.get(name)!]));
      const weights = fitting(`the adapter of ${instance}`, own, specs);
      return { stack: adapted.stack, weights, identity: null, start: instance };
    }
    throw new UserError({
      message: `Cannot start from ${start!.instance}: ${why}`,
      hint: "start from an encoder or a model of adapter.mlm",
    });
  }
  if (languageAdapter === undefined) return { stack: [], weights: new Map(), identity: null };
  const folder = resolve(project, languageAdapter);
  const { name, adapter, weights } = await readAdapter(folder, config);
  return { stack: [{ name, adapter }], weights, identity: await adapterDigest(folder) };
}

/** The LoRA of a folder, without the head beside it, with what tells it apart. */
export async function loraOf(
  path: string,
  config: EncoderConfig,
): Promise<ReadLora & { readonly identity: Json }> {
  const folder = resolve(project, path);
  return { ...await readLora(folder, config), identity: await loraDigest(folder) };
}

/** The first weights of an encoder and its head, of a new adapter, and of those below it. */
export async function adaptedStart(
  start: EncoderStart,
  specs: readonly ParameterSpec[],
  added: readonly ParameterSpec[],
  seed: number,
  { weights, identity, start: instance }: Omit<Below, "stack"> = {
    weights: new Map(),
    identity: null,
  },
) {
  // A start whose head begins anew would begin its adapter anew too: its weights are put in place.
  const aside = new Set([
    ...added.map(({ name }) => name),
    ...(instance === undefined ? weights.keys() : []),
  ]);
  const own = await start.weights(specs.filter(({ name }) => !aside.has(name)), seed);
  const known = new Set(specs.map(({ name }) => name));
  const read = [...weights].filter(([name]) => known.has(name));
  const initial = new Map<string, Float32Array>([
    ...own.initial,
    ...initialise(added, seed),
    ...read.map(([name, { data }]) => [name, data] as const),
  ]);
  const line = instance === undefined
    ? own.line
    : `starts from ${instance} and its adapter; the head starts anew`;
  return { initial, line, identity: { start: start.identity, below: identity } };
}
