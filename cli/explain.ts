/**
 * `crosstie explain`: why instances are fresh or stale, with old and new values.
 *
 * @module
 */
import type { Freshness, Judge } from "../lib/pipeline/freshness.ts";
import type { RunRecord } from "../lib/store/record.ts";
import { openPipeline, pipelineCommand } from "./pipeline_command.ts";
import { verdictText } from "./verdict_text.ts";

const shownInstances = 5;

/** The command. */
export function explainCommand() {
  return pipelineCommand("explain")
    .description("Explains why instances are fresh, stale or waiting, with old and new values.")
    .argument("<targets...>", "train, 'train[language=swa]' or evaluate+")
    .addHelpText("after", "\nExample:\n  deno task explain 'train[source=deu,seed=42]'")
    .action(async (targets, options) => {
      const { selectTargets } = await import("../lib/plan/targets.ts");
      const judge = await openPipeline(options);
      const selection = selectTargets(judge.plan, targets);
      const states = await judge.assess(selection.needed);
      for (const { id } of judge.plan.instances) {
        if (selection.targets.has(id)) console.log(explanation(id, states, judge) + "\n");
      }
    });
}

function explanation(id: string, states: ReadonlyMap<string, Freshness>, judge: Judge): string {
  const state = states.get(id)!;
  const lines = [`${id}: ${state.kind}`];
  if (state.kind === "fresh") lines.push(...recordLines(state.record, judge));
  if (state.kind === "stale") {
    lines.push(...state.verdicts.map((verdict) => `  ${verdictText(verdict)}`));
    const last = judge.history.last(id);
    if (last) lines.push(`  fingerprint ${last.slice(0, 12)} → ${state.fingerprint.slice(0, 12)}`);
  }
  if (state.kind === "waiting") {
    const causes = [...rootCauses(id, states)].map(([root, verdicts]) =>
      `  because ${root} is stale: ${verdicts.join("; ")}`
    );
    lines.push(`  waits for ${shorten(state.on).join(", ")}`, ...shorten(causes, "  "));
  }
  return lines.join("\n");
}

function recordLines(record: RunRecord, { workspace: { store } }: Judge): string[] {
  const seconds = (Date.parse(record.endedAt) - Date.parse(record.startedAt)) / 1000;
  const { git, versions } = record.provenance;
  const commit = git
    ? `${git.commit.slice(0, 12)}${git.dirty ? " with changes" : ""}`
    : "no commit";
  return [
    `  fingerprint ${record.fingerprint.slice(0, 12)}`,
    `  ran ${record.startedAt} for ${
      seconds.toFixed(1)
    } s on ${record.host} (${versions.platform})`,
    `  of ${commit}, deno ${versions.deno}, onnxruntime ${versions.onnxruntime}`,
    ...Object.entries(record.outputs).map(([name, { digest, sizeBytes }]) =>
      `  ${name}  ${sizeBytes} bytes  ${store.objectPath(digest)}`
    ),
  ];
}

/** The first few of a list, and how many more there are. */
function shorten(list: readonly string[], indent = ""): string[] {
  const left = list.length - shownInstances;
  return left > 1 ? [...list.slice(0, shownInstances), `${indent}and ${left} more`] : [...list];
}

/** The stale instances that a waiting one comes down to. */
function rootCauses(
  id: string,
  states: ReadonlyMap<string, Freshness>,
): Map<string, readonly string[]> {
  const roots = new Map<string, readonly string[]>();
  const seen = new Set([id]);
  for (const each of seen) {
    const state = states.get(each)!;
    if (state.kind === "waiting") state.on.forEach((input) => seen.add(input));
    if (state.kind === "stale") roots.set(each, state.verdicts.map(verdictText));
  }
  return roots;
}
