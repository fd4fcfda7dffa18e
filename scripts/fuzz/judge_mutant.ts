/**
 * Plans damaged pipeline files, and says how each ended.
 *
 * @module
 */
import { UserError } from "../../lib/core/errors.ts";
import { makePlan, type Plan } from "../../lib/plan/plan.ts";
import { stages } from "../../stages/mod.ts";
import { mutant } from "./mutant.ts";

/** How a damaged file ended: planned, refused with a message, or by an error of our own. */
export interface Ending {
  readonly index: number;
  readonly kind: "planned" | "refused" | "broken";
  readonly milliseconds: number;
  /** Of a refusal the first line, of a break the stack trace. */
  readonly message?: string;
}

/** The repository's own pipeline files, which are damaged. */
export async function pipelineFiles(): Promise<string[]> {
  const root = new URL("../../", import.meta.url);
  const paths = ["pipeline.yaml"];
  for await (const { name } of Deno.readDir(new URL("experiments", root))) {
    if (name.endsWith(".yaml")) paths.push(`experiments/${name}`);
  }
  return await Promise.all(paths.sort().map((path) => Deno.readTextFile(new URL(path, root))));
}

/** Plans one damaged file, written to a path. */
export async function judgeMutant(
  files: readonly string[],
  seed: number,
  index: number,
  path: string,
): Promise<Ending> {
  await Deno.writeFile(path, mutant(files, seed, index));
  const startedAt = performance.now();
  const end = (kind: Ending["kind"], message?: string): Ending => ({
    index,
    kind,
    milliseconds: performance.now() - startedAt,
    message,
  });
  try {
    const { plan } = await makePlan({ file: path }, stages);
    const escape = escaping(plan);
    return escape ? end("broken", `Its folder would be ${escape}`) : end("planned");
  } catch (error) {
    if (!(error instanceof UserError)) return end("broken", String((error as Error).stack));
    const said = error.message.replaceAll(path, "FILE");
    return /\n\s+at .*:\d+:\d+\)?$/m.test(said)
      ? end("broken", said)
      : end("refused", said.split("\n")[0].replace(/^FILE:\d+:\d+: /, ""));
  }
}

/** The results folder of a plan, if it could lie outside `results/`. */
function escaping({ studies: [{ place }] }: Plan): string | undefined {
  return /^[A-Za-z][A-Za-z0-9_-]*\/[A-Za-z][A-Za-z0-9_-]*$/.test(place) ? undefined : place;
}

if (import.meta.main) {
  const [seed, from, to] = Deno.args.slice(0, 3).map(Number);
  const files = await pipelineFiles();
  // Loading the stages is no part of reading a file.
  await Promise.all(Object.values(stages).map(({ load }) => load()));
  for (let index = from; index < to; index++) {
    const ending = JSON.stringify(await judgeMutant(files, seed, index, Deno.args[3]));
    // Some characters would break the line.
    console.log(
      ending.replace(
        /[^\x20-\x7e]/g,
        (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
      ),
    );
  }
}
