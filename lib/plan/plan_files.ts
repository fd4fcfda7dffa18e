/**
 * Plans several pipeline files as one graph. Files do not take from each other; what they share, such
 * as a corpus, are instances of one fingerprint, of which a run makes one.
 *
 * @module
 */
import { formatProblem, type Problem, UserError } from "../core/errors.ts";
import { type Instance, makePlan, type Plan } from "./plan.ts";
import type { PipelineOptions } from "./pipeline_file.ts";
import type { Device, StageRegistry } from "./stage.ts";

/** What the command line says about all files. */
type Options = Omit<PipelineOptions, "file"> & { readonly device?: Device };

/**
 * Reads and plans pipeline files. A profile and `--set` are for each of them: every file must have
 * that profile, and that param.
 *
 * @param files at least one
 * @throws {UserError} with every problem of all files, and where two have one name
 */
export async function planFiles(
  files: readonly string[],
  options: Options,
  registry: StageRegistry,
): Promise<{ plan: Plan; warnings: Problem[] }> {
  const plans: Plan[] = [];
  const problems: Problem[] = [], warnings: Problem[] = [];
  for (const file of files) {
    try {
      const planned = await makePlan({ ...options, file }, registry);
      plans.push(planned.plan);
      warnings.push(...planned.warnings);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      problems.push(...error.problems);
    }
  }
  problems.push(...namesakes(plans));
  // What is wrong with an option itself, each file says.
  const said = new Map(problems.map((problem) => [formatProblem(problem), problem]));
  if (said.size > 0) throw new UserError([...said.values()]);
  return { plan: together(plans), warnings };
}

/** Files that cannot be in one graph, as their results would be in one folder. */
function namesakes(plans: readonly Plan[]): Problem[] {
  const studies = plans.flatMap((plan) => plan.studies);
  return studies.flatMap(({ pipeline, file }, i) => {
    const first = studies.slice(0, i).find((each) => each.pipeline === pipeline);
    if (first === undefined) return [];
    return first.file === file
      ? [{ message: `Cannot take ${file} twice`, hint: "name every file once with -f" }]
      : [{
        message:
          `Cannot take ${first.file} and ${file} together: both have the name "${pipeline}", ` +
          "so that their results would go to one folder",
        hint: "give one of the two files another name:",
      }];
  });
}

/** One plan of several, whose names have their pipeline's before them. */
function together(plans: readonly Plan[]): Plan {
  if (plans.length === 1) return plans[0];
  return {
    studies: plans.flatMap(({ studies }) => studies),
    instances: plans.flatMap(({ instances }) => instances.map(withPipeline)),
    kinds: new Map(plans.flatMap(({ kinds }) => [...kinds])),
  };
}

function withPipeline(instance: Instance): Instance {
  const named = (name: string): string => `${instance.study.pipeline}:${name}`;
  const inputs = Object.entries(instance.inputs).map(([input, ids]) => [input, ids.map(named)]);
  return {
    ...instance,
    id: named(instance.id),
    stage: named(instance.stage),
    inputs: Object.fromEntries(inputs),
  };
}
