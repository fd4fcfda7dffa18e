/**
 * Why instances are fresh, stale or waiting, as lines that fit a terminal.
 *
 * @module
 */
import { cutMiddle, displayWidth } from "../lib/core/display_width.ts";
import type { Freshness } from "../lib/pipeline/freshness.ts";
import { memoryText } from "../lib/plan/resources.ts";
import { stageOf } from "../lib/plan/targets.ts";
import type { RunRecord } from "../lib/store/record.ts";
import { reasonText, verdictLines, verdictText } from "./verdict_text.ts";

type States = ReadonlyMap<string, Freshness>;

/** What is known beside the states. */
export interface Known {
  /** The fingerprint by which an instance was last known. */
  lastOf(id: string): string | undefined;
  /** Where a content lies. */
  pathOf(digest: string): string;
  /** Whether an attempt left a log, and no result. */
  wasTried(fingerprint: string): boolean;
  /** The memory that an instance is expected to take, in MiB; undefined where nobody can say. */
  expectedMib?(id: string): number | undefined;
}

/** The most instances of a stage that are named one by one; more are counted. */
const namedInstances = 3;

/**
 * Explains instances. Those of one stage with the same state and reason are explained together,
 * unless they are few.
 *
 * @param all explain each by itself
 */
export function explanations(
  ids: readonly string[],
  states: States,
  known: Known,
  all: boolean,
  columns: number,
): string[] {
  const explain = (members: readonly string[], title: string) =>
    explanation(members, title, states, known, columns);
  const groups = Map.groupBy(ids, (id) => {
    const state = states.get(id)!;
    return JSON.stringify([stageOf(id), state.kind, reasonText(state)]);
  });
  return [...groups.values()].flatMap((members) =>
    all || members.length <= namedInstances
      ? members.map((id) => explain([id], id))
      : [explain(members, `${stageOf(members[0])} × ${members.length}`)]
  );
}

/** Explains instances that have one stage, state and reason. */
function explanation(
  ids: readonly string[],
  title: string,
  states: States,
  known: Known,
  columns: number,
): string {
  const [first] = ids;
  const state = states.get(first)!;
  const many = ids.length > 1;
  const lines: string[] = [], outputs: string[] = [];
  if (state.kind === "fresh" && !many) {
    lines.push(...recordLines(state.record));
    outputs.push(...outputLines(state.record, known.pathOf));
  }
  if (state.kind === "stale") {
    const bodies = ids.map((id) => staleLines(states.get(id)!, columns - 2));
    const alike = bodies.every((body) => body.join() === bodies[0].join());
    lines.push(...alike ? bodies[0] : [reasonText(state)]);
    const last = many ? undefined : known.lastOf(first);
    if (last && last !== state.fingerprint) {
      lines.push(`fingerprint ${last.slice(0, 12)} → ${state.fingerprint.slice(0, 12)}`);
    }
    if (ids.some((id) => wasTried(states.get(id)!, known))) {
      lines.push("tried, without a result so far: crosstie logs says more");
    }
  }
  if (state.kind === "waiting") {
    const on = ids.flatMap((id) => waitsOf(states.get(id)!));
    lines.push(...counted(on).map((each, i) => `${i === 0 ? "waits for" : "         "} ${each}`));
    const roots = Map.groupBy(
      new Set(ids.flatMap((id) => rootCauses(id, states))),
      (id) => staleTexts(states.get(id)!),
    );
    for (const [texts, members] of roots) {
      for (const root of counted(members)) {
        const start = `because ${root} ${root.includes(" × ") ? "are" : "is"} stale: `;
        const reason = reasonText(states.get(members[0])!);
        const fits = (text: string): boolean => displayWidth(start + text) <= columns - 2;
        if (fits(texts)) lines.push(start + texts);
        else if (fits(reason)) lines.push(start + reason);
        else lines.push(start.trimEnd(), `  ${reason}`);
      }
    }
  }
  if (state.kind !== "fresh") lines.push(...memoryLines(ids, known));
  if (many) lines.push(`name one for more, such as ${first}`);
  const fitting = [`${title}: ${state.kind}`, ...lines.map((line) => `  ${line}`)]
    .map((line) => cutMiddle(line, columns));
  return [...fitting, ...outputs].join("\n");
}

/** What the greatest of some instances is expected to take. */
function memoryLines(ids: readonly string[], known: Known): string[] {
  const most = Math.max(...ids.map((id) => known.expectedMib?.(id) ?? 0));
  return most > 0 ? [`takes about ${memoryText(most)} of memory`] : [];
}

/** Instances by name, or where a stage has many of them, by number. */
function counted(ids: readonly string[]): string[] {
  return [...Map.groupBy(new Set(ids), stageOf)].flatMap(([stage, members]) =>
    members.length > namedInstances ? [`${stage} × ${members.length}`] : members
  );
}

function staleLines(state: Freshness, columns: number): string[] {
  const verdicts = state.kind === "stale" ? state.verdicts : [];
  return verdicts.flatMap((verdict) => verdictLines(verdict, columns));
}

function staleTexts(state: Freshness): string {
  return state.kind === "stale" ? state.verdicts.map(verdictText).join("; ") : "";
}

function wasTried(state: Freshness, known: Known): boolean {
  return state.kind === "stale" && known.wasTried(state.fingerprint);
}

function waitsOf(state: Freshness): readonly string[] {
  return state.kind === "waiting" ? state.on : [];
}

function recordLines(record: RunRecord): string[] {
  const seconds = (Date.parse(record.endedAt) - Date.parse(record.startedAt)) / 1000;
  const { git, versions } = record.provenance;
  const commit = git
    ? `${git.commit.slice(0, 12)}${git.dirty ? " with changes" : ""}`
    : "no commit";
  return [
    `fingerprint ${record.fingerprint.slice(0, 12)}`,
    `ran ${record.startedAt} for ${seconds.toFixed(1)} s on ${record.host} (${versions.platform})`,
    `of ${commit}, deno ${versions.deno}, onnxruntime ${versions.onnxruntime}`,
  ];
}

/** Where the outputs lie. These lines are never cut, as people copy them. */
function outputLines(record: RunRecord, pathOf: (digest: string) => string): string[] {
  return Object.entries(record.outputs).map(([name, { digest, sizeBytes }]) =>
    `  ${name}  ${sizeBytes} bytes  ${pathOf(digest)}`
  );
}

/** The stale instances that a waiting one waits for in the end. */
function rootCauses(id: string, states: States): string[] {
  const seen = new Set([id]);
  for (const each of seen) waitsOf(states.get(each)!).forEach((input) => seen.add(input));
  return [...seen].filter((each) => states.get(each)!.kind === "stale");
}
