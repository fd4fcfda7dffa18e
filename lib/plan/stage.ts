/**
 * What a stage is: the contract between the engine and the files in `stages/`.
 *
 * @module
 */
import type { z } from "zod";
import type { Json } from "../core/canonical_json.ts";
import { type Problem, UserError } from "../core/errors.ts";
import { forPeople, hideAbout } from "../core/words.ts";
import type { TableSchema } from "../table/schema.ts";

/** What an instance may use of the machine. */
export interface Resources {
  /** Processor cores; a training stage runs with exactly this many threads. */
  cores: number;
  /** Main memory, in MiB. */
  memoryMib: number;
  /** Whether that was declared: an instance that takes more is then ended. */
  limitsMemory?: true;
  /** Whether that is an estimate: an instance may take somewhat more. */
  estimatesMemory?: true;
  /** Graphics processors. */
  gpus: number;
  /** Wall time after which the instance is stopped, in minutes. */
  timeMinutes?: number;
}

/** Where training and inference run. */
export type Device = "cpu" | "webgpu" | "cuda";

/** An input of a stage kind: how many upstream instances it takes, and which of their files. */
export interface InputSpec {
  readonly about: string;
  readonly takes: "one" | "many";
  /** The upstream outputs that are read. Only these count for freshness. */
  readonly files: readonly string[];
  /** Whether a stage may leave it out; `inputs` then has an empty list for it. */
  readonly optional?: true;
  /**
   * Whether outputs tell by name which instance is which: names and axes then count for freshness,
   * and only then can a stage read the axes.
   */
  readonly named?: true;
}

/** An output of a stage kind: a Parquet table, or a file of another format. */
export type OutputSpec =
  | { readonly kind: "table"; readonly schema: TableSchema }
  | { readonly kind: "file"; readonly about: string };

/** One upstream instance as a stage sees it. */
export interface InputInstance {
  /** Its name, such as `train[source=deu,seed=42]`: for messages, and outputs of a `named` input. */
  readonly instance: string;
  /**
   * Its axes in their order; only of an input that is `named`.
   *
   * @throws {Error} where it is not
   */
  readonly axes: Readonly<Record<string, string | number | boolean>>;
  /** Absolute paths of the files named in the {@linkcode InputSpec}. */
  readonly files: Readonly<Record<string, string>>;
  /**
   * SHA-256 of what each of them holds, where it is known without reading: a stage may tell contents
   * apart by it, and must give the same result where there is none.
   */
  readonly digests?: Readonly<Record<string, string>>;
}

/** How far an instance is. */
export interface Progress {
  readonly done: number;
  readonly total?: number;
  /** What is counted, such as "steps" or "bytes". */
  readonly unit: string;
  /** More for the line, such as "loss 0.312". */
  readonly detail?: string;
}

/** What a stage is given to run. */
export interface StageContext<P, I extends string = string, O extends string = string> {
  readonly params: P;
  readonly inputs: Readonly<Record<I, readonly InputInstance[]>>;
  /** The absolute path where an output must be written. */
  output(name: O): string;
  /** Survives attempts of the same fingerprint, for checkpoints; made by who writes there first. */
  readonly resumeFolder: string;
  /** Shared by all instances, for downloads that are checked by digest; made as the one above. */
  readonly downloadFolder: string;
  readonly resources: Resources;
  readonly device: Device;
  /** The module that the kind's registry entry names for the device; undefined where it names none. */
  readonly deviceModule: unknown;
  log(line: string): void;
  /**
   * Notes the SHA-256 of a file from elsewhere that nothing pins: the lock keeps it, so that a
   * change of the file is told by its address.
   */
  source(url: string, digest: string): void;
  progress(progress: Progress): void;
  readonly signal: AbortSignal;
}

/** What a kind reads beside its inputs. */
export interface Reading {
  /** A part of the fingerprint, its component `reads`. */
  readonly facts: Json;
  /**
   * The absolute paths of all that was looked at, also in vain; a folder stands for the files in it.
   * As long as none of them changes its state, nobody need read them again.
   */
  readonly paths: readonly string[];
}

/** What a stage is known to write before it runs: names by what they are names of. */
export type Told = Readonly<Record<string, readonly string[]>>;

/** A corpus whose training sentences are among what a stage writes. */
export interface Held {
  readonly corpus: string;
  /** As the corpus spells it. */
  readonly language: string;
  /** The most training sentences that there can be, where the params say so. */
  readonly train?: number;
}

/** An axis by which a stage tells its inputs apart. */
export interface NeededAxis {
  readonly axis: string;
  /** The param that names it. */
  readonly param: string;
  /** What cannot be told without it. */
  readonly cannot: string;
  readonly hint: string;
}

/** A kind of stage: what `use:` names in the pipeline file. */
export interface StageKind<
  P = unknown,
  I extends string = string,
  O extends string = string,
> {
  readonly kind: string;
  readonly about: string;
  readonly params: z.ZodType<P>;
  readonly inputs: Readonly<Record<I, InputSpec>>;
  readonly outputs: Readonly<Record<O, OutputSpec>>;
  /** The optional inputs that these parameters cannot do without; none if left out. */
  needs?(params: P): readonly NoInfer<I>[];
  /**
   * What is wrong with these parameters beside the inputs that a stage names; each problem is at its
   * `param`.
   */
  refusesBeside?(params: P, named: ReadonlySet<NoInfer<I>>): readonly Problem[];
  /** Why these parameters cannot be run on a device; nothing where they can. */
  refuses?(params: P, device: Device): Problem | undefined;
  /** The axis that every instance of an input must have by these parameters; nothing where none. */
  needsAxis?(params: P, input: NoInfer<I>): NeededAxis | undefined;
  /**
   * The corpora of which the outputs have training sentences, as far as these parameters say. A kind
   * without it has those of the inputs whose `train.parquet` it reads.
   */
  holds?(params: P): readonly Held[];
  /**
   * What is wrong with these parameters for the corpora of an input, of all its instances. A problem
   * is at its `param`, or else at the input.
   */
  refusesHeld?(params: P, input: NoInfer<I>, held: readonly Held[]): readonly Problem[];
  /**
   * Params that decide how a run goes and nothing of what it writes, such as how often it saves its
   * state: they are no part of the fingerprint.
   */
  readonly operational?: readonly string[];
  /** What these parameters make sure of in the outputs, such as which entity types there are. */
  tells?(params: P): Promise<Told>;
  /**
   * Why these parameters cannot be used with what an input's instance tells; nothing where they can.
   * The problem is at its `param`.
   */
  refusesInput?(params: P, input: NoInfer<I>, told: Told): Problem | undefined;
  /** Default resources. */
  readonly resources?: Partial<Resources>;
  /**
   * What the outcome depends on beside parameters and inputs, such as a checksum pin or a grammar.
   * What cannot be used is said before anything runs, at the `param` of the problem.
   *
   * @throws {UserError}
   */
  reads?(params: P): Promise<Reading>;
  /**
   * Whether the numeric runtime (onnxruntime's version, the device, the thread count) can change
   * the outcome. It is then part of the fingerprint.
   */
  readonly numeric?: boolean;
  run(context: StageContext<P, I, O>): Promise<void>;
}

/** Declares a stage kind; the identity, typed. What it says to people is no part of its code. */
export function defineStage<P, const I extends string, const O extends string>(
  kind: StageKind<P, I, O> & { readonly operational?: readonly (keyof NoInfer<P> & string)[] },
): StageKind<P, I, O> {
  const { inputs, outputs } = kind;
  hideAbout(kind, ...Object.values<InputSpec>(inputs), ...Object.values<OutputSpec>(outputs));
  return kind;
}

/** Does something for `reads`, and says of which param the problems are that it finds. */
export async function aboutParam<T>(param: string, work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const problems = error.problems.map((problem) => ({ ...problem, param: [param] }));
    throw new UserError(problems, { cause: error });
  }
}

/** Shorthand for a table output. */
export function table(schema: TableSchema): OutputSpec {
  return { kind: "table", schema };
}

/** Shorthand for a file output. */
export function file(about: string): OutputSpec {
  return { kind: "file", about: forPeople(about) };
}

/** What is known of an instance before it runs. */
export interface Expectation {
  /** Main memory that it takes at its peak, in MiB; left out where nobody can say. */
  readonly memoryMib?: number;
  /**
   * What the estimates of those that take from it are told, such as the shape of a model. The engine
   * passes it on unread.
   */
  readonly known?: unknown;
}

/** Says what is known of an instance before it runs; nothing where nothing is. */
export type Estimate = (instance: {
  readonly params: Json;
  /** What is known of every input's instances, each once; undefined of those of which nothing is. */
  readonly inputs: Readonly<Record<string, readonly unknown[]>>;
  readonly device: Device;
}) => Expectation | undefined | Promise<Expectation | undefined>;

/** How the engine finds stage kinds: each with the module that its code fingerprint starts from. */
export interface StageEntry {
  /** The module's URL. */
  readonly module: string;
  /**
   * Device → the URL of the module that does the kind's work there, where it differs. An instance is
   * given that of its device alone, and no other's code is part of its fingerprint.
   */
  readonly devices?: Readonly<Record<Device, string>>;
  load(): Promise<StageKind>;
  /**
   * Loads what estimates the kind's instances, a module of its own: it is no part of their code. Of
   * kinds without it nothing is expected.
   */
  estimate?(): Promise<Estimate>;
}

/** The modules that the code of an entry's instances starts from on a device. */
export function modulesOf({ module, devices }: StageEntry, device: Device): string[] {
  return devices ? [module, devices[device]] : [module];
}

/** Every stage kind by its name. */
export type StageRegistry = Readonly<Record<string, StageEntry>>;
