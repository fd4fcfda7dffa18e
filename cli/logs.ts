/**
 * `crosstie logs`: what instances print.
 *
 * @module
 */
import { statSync } from "node:fs";
import { readSmallFileSync, textBytes } from "../lib/core/small_file.ts";
import type { Freshness, Judge } from "../lib/pipeline/freshness.ts";
import { isClaimed } from "../lib/store/claims.ts";
import type { Store } from "../lib/store/store.ts";
import { openPipeline, pipelineCommand } from "./pipeline_command.ts";
import { print, printPart } from "./terminal.ts";

/** How often a log that is written is looked at, in ms. */
const followMs = 300;

/** The command. */
export function logsCommand() {
  return pipelineCommand("logs")
    .description("Prints the logs of instances: of the result, or of the last attempt.")
    .argument("<targets...>", "train, 'train[language=swa]' or evaluate+")
    .option("--follow", "go on while an instance runs, until it ends")
    .addHelpText("after", "\nExample:\n  deno task logs --follow 'train[source=deu,seed=42]'")
    .action(async (targets, options) => {
      const { selectTargets } = await import("../lib/plan/targets.ts");
      const judge = await openPipeline(options);
      const selection = selectTargets(judge.plan, targets);
      const states = await judge.assess(selection.needed);
      const chosen = [...states].filter(([id]) => selection.targets.has(id));
      for (const [id, state] of chosen) {
        if (chosen.length > 1) print(`── ${id}`);
        await printLog(judge, state, options.follow === true);
      }
    });
}

async function printLog(judge: Judge, state: Freshness, follow: boolean): Promise<void> {
  const { store } = judge.workspace;
  if (state.kind === "waiting") return print(`(waits on ${state.on[0]})`);
  if (state.kind === "fresh") {
    const text = await store.readText(state.record.log);
    return print(text?.trimEnd() ?? "(its log is no longer in the store)");
  }
  const { fingerprint } = state;
  let path = lastLog(store, fingerprint);
  let shown = "";
  for (;;) {
    // The claims are looked at first: what was written before they went is read below.
    const runs = follow &&
      ["claims", "followers"].some((kind) => isClaimed(`${store.folder}/${kind}`, fingerprint));
    const record = store.readRecord(fingerprint);
    path = lastLog(store, fingerprint) ?? path;
    // A finished attempt's folder is gone; its log is in the store, and begins the same.
    const text = record ? await store.readText(record.log) : path && readText(path);
    if (text !== undefined && text !== "") {
      const rest = text.startsWith(shown) ? text.slice(shown.length) : text;
      printPart(rest);
      shown = text;
    }
    if (record || !runs) {
      if (shown === "") print(path ? "(its log is empty)" : "(it has not started)");
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, followMs));
  }
}

/** The newest log of the attempts at a fingerprint that left no result. */
export function lastLog(store: Store, fingerprint: string): string | undefined {
  let newest: { path: string; at: number } | undefined;
  for (const path of store.attemptsOf(fingerprint).filter((each) => each.endsWith(".log"))) {
    const stat = statSync(path, { throwIfNoEntry: false });
    if (stat && stat.mtimeMs >= (newest?.at ?? 0)) newest = { path, at: stat.mtimeMs };
  }
  return newest?.path;
}

function readText(path: string): string | undefined {
  try {
    return readSmallFileSync(path, textBytes);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}
