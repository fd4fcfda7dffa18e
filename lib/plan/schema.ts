/**
 * The one definition of the pipeline file: its types and its checks. Editors' JSON Schema is made of
 * it too.
 *
 * @module
 */
import { z } from "zod";
import type { Json } from "../core/canonical_json.ts";
import { everyKey } from "../core/every_key.ts";
import { claimsSchema, expectedsSchema } from "./claims_schema.ts";

const scalarError = "expected a name: text, a number, true or false, or $name";
const scalar = z.union([z.string(), z.number(), z.boolean()], { error: scalarError });
const members = everyKey(z.record(
  z.string(),
  z.union([scalar, z.array(scalar)], { error: "expected the names that this name stands for" }),
  { error: "expected a name, or one {name: [members]}" },
)).refine((value) => Object.keys(value).length === 1, {
  error: "expected exactly one {name: [members]}",
});

/** An axis: names, `$lists` (flattened) and `{name: [members]}`. */
export const axisSchema = z.union([scalar, z.array(z.union([scalar, members]))], {
  error: "expected a list of names, or $name of a param that is one",
}).meta({
  description:
    "The values of an axis. They are names: text, numbers or booleans. $name of a param " +
    "is replaced by its value, and a list inside the list is flattened. {name: [members]} is one " +
    "value that stands for several when it selects inputs.",
});

const selector = z.union([scalar, z.array(scalar)], {
  error: "expected a name, a list of names, or $name",
});
const selectors = everyKey(z.record(z.string(), selector));
const condition = z.union([selector, z.strictObject({ not: selector })], {
  error: "expected a name, a list of names, $name, or {not: …} of these",
});

const matrix = everyKey(
  z.object({
    include: z.array(everyKey(z.record(z.string(), axisSchema))).optional().meta({
      description: "More instances: each entry names every axis, with a value or a list of them.",
    }),
    exclude: z.array(selectors).optional().meta({
      description:
        "Instances to leave out: those that match every axis of an entry. $axis is the " +
        "instance's own value of another axis: {source: $target} leaves out the diagonal.",
    }),
    when: everyKey(z.record(z.string(), condition)).optional().meta({
      description: "Keeps the instances whose axes have one of these values, or {not: …} of them.",
    }),
    zip: z.array(z.array(z.string()).min(2)).optional().meta({
      description: "Groups of axes of equal length that advance together, such as [[model, size]].",
    }),
  }).catchall(axisSchema),
).meta({
  description: "One instance for every combination of the axes.",
});

const inputObject = z.strictObject({
  stage: z.string().meta({ description: "The stage whose instances are taken." }),
  where: selectors.optional().meta({
    description: "Upstream axis → the value, list or $axis that is taken. It replaces the rule " +
      "that axes of both stages must be equal. $axis stands for its members where it has some.",
  }),
});
const inputOne = z.union([z.string(), inputObject], {
  error: "expected a stage's name, or {stage: …, where: …}",
});
/** Where an input comes from. */
export const inputSchema = z.union([inputOne, z.array(inputOne).min(1)], {
  error: "expected a stage's name, {stage: …, where: …}, or a list of these",
});

const resourceValue = (about: string, more = "") =>
  z.union([z.number(), z.string()], { error: `expected ${about}` }).optional()
    .meta({ description: about + more });
const resources = z.strictObject({
  cores: resourceValue("a number of cores, such as 2"),
  memory: resourceValue(
    "an amount of memory, such as 512MiB or 2GiB",
    "; an instance that takes more is ended. Without it 1GiB is reserved, and nothing ended",
  ),
  gpus: resourceValue(
    "a number of graphics processors",
    "; an instance sees its own alone, through CUDA_VISIBLE_DEVICES. With 0 it sees all",
  ),
  time: resourceValue("a wall time, such as 90s, 30m or 1h30m"),
});

const retryCount = z.int().min(0).max(20);
const retries = z.union([
  retryCount,
  z.strictObject({
    memory: retryCount.optional(),
    crashed: retryCount.optional(),
    lost: retryCount.optional(),
    time: retryCount.optional(),
  }),
], { error: "expected a number of retries, or {memory: 1, crashed: 0, lost: 2, time: 0}" });
const slurm = z.strictObject({
  partition: z.string().optional(),
  account: z.string().optional(),
  qos: z.string().optional(),
  limit: z.union([z.int().min(1), z.string()]).optional().meta({
    description: "How many instances of an array run at once.",
  }),
  options: z.array(z.string()).optional().meta({
    description: "More options of sbatch, such as [--constraint=a100].",
  }),
});

const word = /^[A-Za-z][A-Za-z0-9_-]*$/;
const name = z.string().regex(word, {
  error: "expected letters, digits, - and _, and a letter first",
}).max(100, { error: "expected at most 100 characters" });
const anything: z.ZodType<Json> = z.any();
const params = everyKey(z.record(name, anything));

/** A stage as it is written. */
export const stageSchema = z.strictObject({
  use: z.string().meta({ description: "The stage's kind: a file of stages/." }),
  about: z.string().optional(),
  matrix: matrix.optional(),
  with: everyKey(z.record(z.string(), anything)).optional().meta({
    description: "The kind's parameters. A scalar $name is this stage's axis, or else a param, " +
      "with its type; $$ writes a dollar sign.",
  }),
  inputs: everyKey(z.record(z.string(), inputSchema)).optional().meta({
    description: "Where each input comes from. Axes that both stages have must be equal.",
  }),
  resources: resources.optional().meta({ description: "What an instance may use." }),
  retries: retries.optional().meta({
    description: "How often an instance is tried again: a number for every class of failure, or " +
      "by class. Without it {memory: 1, crashed: 0, lost: 2, time: 0}. After memory it gets twice " +
      "as much. What a stage itself finds wrong is never tried again.",
  }),
  slurm: slurm.optional().meta({ description: "What Slurm is told, over the pipeline's own." }),
});

/** The whole file. */
export const pipelineSchema = z.strictObject({
  name: name.meta({ description: "Results go to results/<name>/<profile>/." }),
  about: z.string().optional().meta({ description: "What is studied, in a sentence." }),
  params: params.optional().meta({ description: "Values that stages refer to as $name." }),
  profile: name.optional().meta({ description: "The profile that runs when none is named." }),
  profiles: everyKey(z.record(name, params.nullable())).optional().meta({
    description: "Named overrides of params.",
  }),
  slurm: slurm.optional().meta({ description: "What Slurm is told of every stage." }),
  stages: everyKey(z.record(name, stageSchema)),
  headline: z.string().optional().meta({ description: "The table that run ends with." }),
  claims: claimsSchema.optional().meta({
    description: "What sources say, each with a query that says whether the results do. The " +
      "verdicts are in table claims, and run prints them.",
  }),
  expected: expectedsSchema.optional().meta({
    description: "Published numbers, in table expected, which queries of claims can name too.",
  }),
});

/** The file, as it is written. */
export type PipelineFile = z.infer<typeof pipelineSchema>;
/** A stage, as it is written. */
export type StageFile = z.infer<typeof stageSchema>;
/** An axis, as it is written. */
export type AxisFile = z.infer<typeof axisSchema>;
/** A selection of names, as it is written. */
export type Selector = z.infer<typeof selector>;
/** A condition of `when`, as it is written. */
export type Condition = z.infer<typeof condition>;
