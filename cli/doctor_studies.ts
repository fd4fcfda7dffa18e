/**
 * Which studies fit this machine: the pipeline files of the project, each with its profiles.
 *
 * @module
 */
import { join, relative } from "node:path";
import { messageOf, UserError } from "../lib/core/errors.ts";
import { isThere } from "../lib/core/file_kinds.ts";
import type { Capacity } from "../lib/pipeline/budget.ts";
import { memoryHint } from "../lib/pipeline/expected_memory.ts";
import type { Instance } from "../lib/plan/plan.ts";
import { memoryText } from "../lib/plan/resources.ts";
import type { StageRegistry } from "../lib/plan/stage.ts";

/** What comes of a study on a machine. */
interface Judgement {
  /** `broken`: it cannot be planned. */
  readonly state: "fits" | "too big" | "no GPU" | "broken";
  readonly detail: string;
  /** What to do, unless it fits. */
  readonly remedy?: string;
  /** The stage that decides. */
  readonly stage?: string;
  /** The memory that it takes, in MiB: as estimated, or else as declared. */
  readonly memoryMib?: number;
}

/** A study, as its file and one of its profiles make it. */
export interface Study extends Judgement {
  /** The file, as seen from the project. */
  readonly study: string;
  /** Left out where the file has none, or cannot be read. */
  readonly profile?: string;
  /** The memory of the machine, in MiB. */
  readonly machineMib: number;
}

/** The studies of a folder: `pipeline.yaml`, then those of `experiments/`, by name. */
export async function findStudies(outer: string): Promise<string[]> {
  const main = join(outer, "pipeline.yaml");
  const folder = join(outer, "experiments");
  const entries = await Array.fromAsync(Deno.readDir(folder)).catch(() => []);
  const files = entries.flatMap(({ name }) => /\.ya?ml$/.test(name) ? [join(folder, name)] : []);
  return [...await isThere(main) ? [main] : [], ...files.sort()];
}

/** Says of every profile of some files whether a machine has what it takes. */
export async function judgeStudies(
  files: readonly string[],
  project: string,
  registry: StageRegistry,
  machine: Capacity,
): Promise<Study[]> {
  const studies: Study[] = [];
  for (const file of files) {
    for (const profile of await profilesOf(file)) {
      studies.push({
        study: shownPath(file, project),
        ...profile === undefined ? {} : { profile },
        ...await judge(file, profile, registry, machine),
        machineMib: machine.memoryMib,
      });
    }
  }
  return studies;
}

function shownPath(file: string, project: string): string {
  const path = relative(project, file);
  return path.startsWith("..") ? file : path;
}

/** Aligned lines; what to do about a study that does not fit stands below it. */
export function studyLines(studies: readonly Study[]): string[] {
  const width = (texts: readonly string[]) => Math.max(...texts.map(({ length }) => length));
  const names = width(studies.map(({ study }) => study));
  const profiles = width(studies.map(({ profile = "" }) => profile));
  return studies.flatMap(({ study, profile = "", state, detail, remedy }) => [
    `${state.padEnd(7)}  ${study.padEnd(names)}  ${profile.padEnd(profiles)}  ${detail}`,
    ...remedy === undefined ? [] : [`${" ".repeat(names + profiles + 13)}→ ${remedy}`],
  ]);
}

/** The profiles of a file: one without a name where it has none, or cannot be read. */
async function profilesOf(file: string): Promise<(string | undefined)[]> {
  const { readPipeline } = await import("../lib/plan/pipeline_file.ts");
  const names = await readPipeline({ file }).then(
    ({ profiles }) => Object.keys(profiles),
    () => [],
  );
  return names.length > 0 ? names : [undefined];
}

async function judge(
  file: string,
  profile: string | undefined,
  registry: StageRegistry,
  machine: Capacity,
): Promise<Judgement> {
  const { makePlan } = await import("../lib/plan/plan.ts");
  try {
    const { instances } = (await makePlan({ file, profile }, registry)).plan;
    return lackOf(instances, machine) ?? largestOf(instances, machine);
  } catch (error) {
    const [problem] = error instanceof UserError ? error.problems : [];
    const line = problem?.range ? `line ${problem.range.line}: ` : "";
    return {
      state: "broken",
      detail: line + (problem?.message ?? messageOf(error)).split("\n")[0],
      remedy: problem?.hint ?? "crosstie status -f … says more",
    };
  }
}

/** The first thing that a machine lacks; undefined where it lacks nothing. */
function lackOf(instances: readonly Instance[], machine: Capacity): Judgement | undefined {
  const first = (lacks: (instance: Instance) => boolean) => instances.find(lacks);
  const gpu = first(({ resources }) => resources.gpus > machine.gpus);
  if (gpu) {
    const { stage, resources: { gpus } } = gpu;
    const detail = `${stage} asks for ${gpus} of ${machine.gpus} graphics processors`;
    return { state: "no GPU", stage, detail, remedy: "use --executor slurm" };
  }
  const cores = first(({ resources }) => resources.cores > machine.cores);
  if (cores) {
    const { stage, resources } = cores;
    const detail = `${stage} asks for ${resources.cores} of ${machine.cores} cores`;
    const remedy = "change its resources, or use --executor slurm";
    return { state: "too big", stage, detail, remedy };
  }
  const declared = first(({ resources }) =>
    resources.limitsMemory === true && resources.memoryMib > machine.memoryMib
  );
  if (declared) {
    const { stage, resources: { memoryMib }, expectedMib = Infinity } = declared;
    const detail = `${stage} asks for ${memoryText(memoryMib)} of ${memoryText(machine.memoryMib)}`;
    const remedy = expectedMib > machine.memoryMib
      ? memoryHint
      : `it takes about ${memoryText(expectedMib)}: change its resources`;
    return { state: "too big", stage, memoryMib, detail, remedy };
  }
}

/** The instance that takes the most memory, as estimated, or else as declared. */
function largestOf(instances: readonly Instance[], machine: Capacity): Judgement {
  const knownMib = ({ expectedMib, resources }: Instance) =>
    expectedMib ?? (resources.limitsMemory ? resources.memoryMib : 0);
  const largest = instances.reduce((a, b) => knownMib(b) > knownMib(a) ? b : a);
  const { stage, expectedMib } = largest;
  const memoryMib = knownMib(largest);
  if (memoryMib === 0) return { state: "fits", detail: "no stage is known to take much memory" };
  const verb = expectedMib === undefined ? "asks for" : "takes about";
  const detail = `${stage} ${verb} ${memoryText(memoryMib)} of ${memoryText(machine.memoryMib)}`;
  return memoryMib > machine.memoryMib
    ? { state: "too big", stage, memoryMib, detail, remedy: memoryHint }
    : { state: "fits", stage, memoryMib, detail };
}
