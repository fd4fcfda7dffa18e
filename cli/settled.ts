/**
 * The short way of a run that has nothing to do. `main.ts` asks here before it loads anything else.
 *
 * @module
 */
import { keepSettled, readSettled, type SettledRun } from "../lib/store/settled.ts";
import { cacheFolder, projectFolder } from "./folders.ts";
import { summaryText } from "./summary_text.ts";
import { print, printError } from "./terminal.ts";

/** Prints what the last run of the same command line said, if nothing has changed since. */
export function printSettled(args: readonly string[]): boolean {
  if (args[0] !== "run") return false;
  const settled = readSettled(cacheFolder(), keyOf(args));
  if (!settled) return false;
  for (const warning of settled.warnings) printError(warning);
  const counts = { ran: 0, fresh: settled.fresh, failed: 0, stopped: 0, skipped: 0 };
  print(summaryText({ ...counts, seconds: performance.now() / 1000, interrupted: false }));
  if (settled.headline) print(settled.headline);
  return true;
}

/** Keeps what a run with nothing to do has said, for {@linkcode printSettled}. */
export function keepForNextRun(
  run: SettledRun,
  paths: ReadonlySet<string>,
  until: number | undefined,
): void {
  const startedAt = performance.timeOrigin;
  keepSettled(cacheFolder(), keyOf(Deno.args), run, paths, { startedAt, until });
}

/** All that decides what a run does, beside files. */
function keyOf(args: readonly string[]): string {
  const environment = Object.entries(Deno.env.toObject())
    .filter(([name]) => /^(CROSSTIE_|HF_|HOME$|INIT_CWD$)/.test(name)).sort();
  const { deno } = Deno.version;
  return JSON.stringify([args, Deno.cwd(), projectFolder, deno, environment]);
}
