/**
 * Our side of the comparison: the command line as people start it, in a copy of the project whose
 * stages are those of the engine's tests.
 *
 * @module
 */
import { dirname, join } from "node:path";
import { trackedFile } from "../../lib/corpora/catalogue.ts";
import { type Chains, namesOf } from "./pipeline_chains.ts";
import { type CommandLine, timed } from "./pipeline_process.ts";

const prepareScript = "scripts/bench/pipeline_prepare.ts";

/** A name for each size, so that their results do not take each other's place. */
function pipelineName({ chains, steps }: Chains): string {
  return `chains${chains * steps}`;
}

/** The same chains as a pipeline file: `concat` of one text is a copy. */
export function pipelineText(chains: Chains): string {
  const steps = Array.from({ length: chains.steps - 1 }, (_, i) => i + 1);
  return [
    `name: ${pipelineName(chains)}`,
    `params: {chains: [${namesOf(chains).join(", ")}]}`,
    "stages:",
    "  step0: {use: write, matrix: {chain: $chains}, with: {text: $chain}}",
    ...steps.map((step) =>
      `  step${step}: {use: concat, matrix: {chain: $chains}, with: {separator: "${step}"}, ` +
      `inputs: {texts: step${step - 1}}}`
    ),
    "",
  ].join("\n");
}

/** Makes the copy of the project, with its packages linked. */
export async function makeProject(folder: string): Promise<void> {
  for (const name of ["cli", "lib"]) await copyFolder(trackedFile(name), join(folder, name));
  for (const name of ["main.ts", "deno.json", "deno.lock", prepareScript]) {
    await Deno.mkdir(dirname(join(folder, name)), { recursive: true });
    await Deno.copyFile(trackedFile(name), join(folder, name));
  }
  await Deno.symlink(trackedFile("node_modules"), join(folder, "node_modules"));
  await Deno.mkdir(join(folder, "stages"));
  await Deno.writeTextFile(
    join(folder, "stages/mod.ts"),
    'export { stages } from "../lib/pipeline/testdata/registry.ts";\n',
  );
}

/** The command that brings chains up to date; each size has a store of its own. */
export async function ourCommand(project: string, chains: Chains): Promise<CommandLine> {
  const file = `${pipelineName(chains)}.yaml`;
  await Deno.writeTextFile(join(project, file), pipelineText(chains));
  const { tasks } = JSON.parse(await Deno.readTextFile(join(project, "deno.json")));
  return {
    program: Deno.execPath(),
    args: [...tasks.pipeline.split(" ").slice(1), "-f", file],
    folder: project,
    env: { CROSSTIE_CACHE: join(project, `store_${pipelineName(chains)}`) },
  };
}

/** Fills a store as if all had run, without a process and an fsync per instance. */
export async function prepareOurs(command: CommandLine): Promise<void> {
  await timed({ ...command, args: ["run", "-A", prepareScript, command.args.at(-1)!] });
}

/** Forgets all that ran. */
export async function clearOurs({ folder, env }: CommandLine): Promise<void> {
  for (const path of [env!.CROSSTIE_CACHE, join(folder, "results")]) await setAside(path);
}

/** Lets the next run look closely: it has nothing to do, but must find that out. */
export async function touchOurs({ folder, args }: CommandLine): Promise<void> {
  const now = new Date();
  await Deno.utime(join(folder, args.at(-1)!), now, now);
}

/**
 * Takes a folder out of the way. It is removed with all others in the end: some file systems are
 * slow for minutes after many files were.
 */
export async function setAside(path: string): Promise<void> {
  await Deno.rename(path, `${path}.${crypto.randomUUID()}`).catch((error) => {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  });
}

async function copyFolder(from: string, to: string): Promise<void> {
  await Deno.mkdir(to, { recursive: true });
  for await (const { name, isDirectory } of Deno.readDir(from)) {
    if (isDirectory) await copyFolder(join(from, name), join(to, name));
    else if (!name.endsWith("_test.ts")) await Deno.copyFile(join(from, name), join(to, name));
  }
}
