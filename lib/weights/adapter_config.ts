/**
 * The adapter_config.json of AdapterHub: which adapters it may describe, and how it is written.
 *
 * @module
 */
import { z } from "zod";
import { type Problem, UserError } from "../core/errors.ts";
import type { BottleneckAdapter, NamedAdapter } from "../models/adapters/bottleneck.ts";
import type { EncoderConfig } from "../models/encoder/config.ts";
import { activations } from "../nn/activation.ts";

/** What versions before there was a `version` called their non-linearities. */
const oldActivations: Readonly<Record<string, string>> = { gelu: "gelu_new", gelu_orig: "gelu" };

/** Names that stood for whole configs. */
const inv = { inv_adapter: "nice", inv_adapter_reduction_factor: 2 };
const pfeiffer = {
  mh_adapter: false,
  output_adapter: true,
  original_ln_before: true,
  non_linearity: "relu",
  reduction_factor: 16,
};
const namedConfigs: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  "seq_bn": pfeiffer,
  "pfeiffer": pfeiffer,
  "seq_bn_inv": { ...pfeiffer, ...inv },
  "pfeiffer+inv": { ...pfeiffer, ...inv },
};

/** What a bottleneck after the feed-forward part has, with the values of fields that are left out. */
const required: readonly (readonly [field: string, value: unknown, leftOut: unknown])[] = [
  ["mh_adapter", false, undefined],
  ["output_adapter", true, undefined],
  ["original_ln_before", true, false],
  ["original_ln_after", true, true],
  ["residual_before_ln", true, true],
  ["ln_before", false, false],
  ["ln_after", false, false],
  ["is_parallel", false, false],
  ["use_gating", false, false],
  ["phm_layer", false, false],
  ["stochastic_depth", 0, 0],
];

/** Fields that change nothing where those of {@linkcode required} are as they must be. */
const unread = [
  ...["adapter_residual_before_ln", "cross_adapter", "factorized_phm_W", "factorized_phm_rule"],
  ...["hypercomplex_nonlinearity", "init_weights", "init_weights_seed", "learn_phm", "phm_bias"],
  ...["phm_c_init", "phm_dim", "phm_init_range", "phm_rank", "shared_W_phm", "shared_phm_rule"],
  // Of versions before 2
  ...["attention_type", "new_attention_norm"],
];

const factor = z.number().positive();
const bottleneckSchema = z.object({
  non_linearity: z.string().transform((name) => name.toLowerCase()).pipe(z.enum(activations)),
  reduction_factor: z.union([
    factor,
    z.record(z.string().regex(/^(\d+|default)$/), factor),
  ]),
  scaling: z.number().default(1),
  dropout: z.number().min(0).lt(1).default(0),
  leave_out: z.array(z.int().nonnegative()).default([]),
  inv_adapter: z.literal("nice").nullish(),
  inv_adapter_reduction_factor: factor.nullish(),
  invertible_adapter: z.object({ block_type: z.literal("nice"), reduction_factor: factor })
    .nullish(),
});
const fullSchema = z.looseObject({
  name: z.string().regex(/^[^.]+$/, "must be a name without dots"),
  hidden_size: z.int().positive(),
  model_type: z.string(),
  version: z.string().optional(),
  config: z.union([z.string(), z.record(z.string(), z.unknown())]),
});

/**
 * Reads an adapter's config.
 *
 * @param path of adapter_config.json, for errors
 * @param config the encoder that the adapter is put on
 * @throws {UserError} that names every field that does not fit, and what it must be
 */
export function parseAdapterConfig(
  json: unknown,
  path: string,
  config: EncoderConfig,
): NamedAdapter {
  if (Object.hasOwn(Object(json), "peft_type")) {
    throw new UserError({
      message: `Cannot use ${path} as an adapter of AdapterHub: it is one of PEFT`,
      hint: "read it as a LoRA",
    });
  }
  const full = checked(fullSchema, json, path);
  const problems = backboneProblems(full, path, config);
  const given = typeof full.config === "string" ? namedConfigs[full.config] : full.config;
  if (!given) {
    throw new UserError([
      ...problems,
      problem(
        path,
        "config",
        `must be one of ${Object.keys(namedConfigs).join(", ")}`,
        full.config,
      ),
    ]);
  }
  if (given.architecture !== undefined && given.architecture !== null) {
    throw new UserError([
      ...problems,
      problem(
        path,
        "architecture",
        "must be that of a bottleneck, which has none",
        given.architecture,
      ),
    ]);
  }
  for (const [field, value, leftOut] of required) {
    const found = given[field] ?? leftOut;
    if (found !== value) problems.push(problem(path, field, `must be ${value}`, found));
  }
  const known = new Set([
    ...[...Object.keys(bottleneckSchema.shape), "architecture", ...unread],
    ...required.map(([field]) => field),
  ]);
  for (const [field, value] of Object.entries(given)) {
    if (known.has(field) || !value) continue;
    problems.push(problem(path, field, "is not known: it must be left out", value));
  }
  const old = full.version === undefined;
  const renamed = old && typeof given.non_linearity === "string"
    ? { ...given, non_linearity: oldActivations[given.non_linearity] ?? given.non_linearity }
    : given;
  const fields = checked(bottleneckSchema, renamed, path, problems);
  problems.push(...shapeProblems(fields, path, config));
  if (problems.length > 0) throw new UserError(problems);
  return { name: full.name, adapter: adapterOf(fields) };
}

type Fields = z.output<typeof bottleneckSchema>;

function adapterOf(fields: Fields): BottleneckAdapter {
  const { invertible_adapter: nested, inv_adapter, inv_adapter_reduction_factor } = fields;
  const reduction = nested?.reduction_factor ?? (inv_adapter ? inv_adapter_reduction_factor : null);
  return {
    activation: fields.non_linearity,
    scaling: fields.scaling,
    dropout: fields.dropout,
    reduction: fields.reduction_factor,
    leaveOut: fields.leave_out,
    ...(reduction ? { coupling: { reduction } } : {}),
  };
}

/** What does not fit of the encoder that an adapter or a head was made for. */
export function backboneProblems(
  { hidden_size, model_type }: { readonly hidden_size: number; readonly model_type: string },
  path: string,
  config: EncoderConfig,
): Problem[] {
  const wrong: Problem[] = [];
  if (model_type !== config.model_type) {
    wrong.push(
      problem(path, "model_type", `must be the encoder's, "${config.model_type}"`, model_type),
    );
  }
  if (hidden_size !== config.hidden_size) {
    wrong.push(
      problem(path, "hidden_size", `must be the encoder's, ${config.hidden_size}`, hidden_size),
    );
  }
  return wrong;
}

function shapeProblems(fields: Fields, path: string, config: EncoderConfig): Problem[] {
  const { num_hidden_layers: depth, hidden_size: width } = config;
  const wrong: Problem[] = [];
  const layers = typeof fields.reduction_factor === "number"
    ? []
    : Object.keys(fields.reduction_factor).filter((key) => key !== "default").map(Number);
  for (
    const [field, found] of [["leave_out", fields.leave_out], ["reduction_factor", layers]] as const
  ) {
    const beyond = found.filter((layer) => layer >= depth);
    if (beyond.length === 0) continue;
    wrong.push(problem(path, field, `must name layers 0 … ${depth - 1} of the encoder`, beyond));
  }
  if (typeof fields.reduction_factor !== "number" && !("default" in fields.reduction_factor)) {
    const missing = Array.from({ length: depth }, (_, i) => i)
      .filter((i) => !layers.includes(i) && !fields.leave_out.includes(i));
    if (missing.length > 0) {
      wrong.push(
        problem(path, "reduction_factor", "must have a default or name all layers", layers),
      );
    }
  }
  if (fields.inv_adapter && !fields.inv_adapter_reduction_factor) {
    wrong.push(problem(path, "inv_adapter_reduction_factor", "must be a number", null));
  }
  const { coupling } = adapterOf(fields);
  if (coupling && Math.floor(Math.floor(width / 2) / coupling.reduction) < 1) {
    const most = Math.floor(width / 2);
    wrong.push(
      problem(path, "inv_adapter_reduction_factor", `must be ${most} or less`, coupling.reduction),
    );
  }
  return wrong;
}

/** @throws {UserError} that names every field that does not fit, after other problems */
export function checked<T extends z.ZodType>(
  schema: T,
  json: unknown,
  path: string,
  others: readonly Problem[] = [],
): z.output<T> {
  const result = schema.safeParse(json);
  if (result.success) return result.data;
  throw new UserError([
    ...others,
    ...result.error.issues.map(({ path: place, message }) => ({
      message: `Cannot use ${path} as "${place.join(".")}" is wrong: ${message}`,
    })),
  ]);
}

/** A field that is something else than it must be. */
export function problem(path: string, field: string, must: string, got: unknown): Problem {
  const shown = JSON.stringify(got) ?? "nothing";
  return { message: `Cannot use ${path} as "${field}" ${must}: got ${shown}` };
}
