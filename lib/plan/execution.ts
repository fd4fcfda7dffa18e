/**
 * How instances are carried out, which never changes what they write: retries, and what Slurm is
 * told.
 *
 * @module
 */
import type { Json } from "../core/canonical_json.ts";
import type { YamlPath } from "../core/yaml.ts";
import { resolveValue, type Scope } from "./references.ts";
import type { PipelineFile, StageFile } from "./schema.ts";

/** Why an attempt may be made again. What a stage itself throws would only be thrown again. */
export const retriedClasses = ["memory", "crashed", "lost", "time"] as const;

/** A class of failure that may be retried. */
export type RetriedClass = typeof retriedClasses[number];

/** How often an instance is tried again after a failure of each class. */
export type Retries = Readonly<Record<RetriedClass, number>>;

/** What Slurm is told beside an instance's resources. */
export interface SlurmOptions {
  readonly partition?: string;
  readonly account?: string;
  readonly qos?: string;
  /** How many instances of an array run at once. */
  readonly limit?: number;
  /** More options of `sbatch`, each as one argument. */
  readonly options?: readonly string[];
}

const defaults: Retries = { memory: 1, crashed: 0, lost: 2, time: 0 };

/** How an instance is carried out. */
export interface Execution {
  readonly retries: Retries;
  readonly slurm: SlurmOptions;
}

/**
 * Settles a stage's execution. A single number of retries is one for every class; of what Slurm is
 * told, the stage's options go over those of the pipeline.
 */
export function settleExecution(
  ofPipeline: PipelineFile["slurm"],
  { retries, slurm }: StageFile,
  path: YamlPath,
  scope: Scope,
): Execution {
  const every = typeof retries === "number";
  return {
    retries: every
      ? { memory: retries, crashed: retries, lost: retries, time: retries }
      : { ...defaults, ...retries },
    slurm: {
      ...resolveValue((ofPipeline ?? {}) as Json, ["slurm"], scope) as SlurmOptions,
      ...resolveValue((slurm ?? {}) as Json, [...path, "slurm"], scope) as SlurmOptions,
    },
  };
}
