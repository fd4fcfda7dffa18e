/**
 * Freshness in words.
 *
 * @module
 */
import type { Json } from "../lib/core/canonical_json.ts";
import type { Freshness } from "../lib/pipeline/freshness.ts";
import type { Verdict } from "../lib/pipeline/verdict.ts";

/** A verdict on one line: `paramChanged params.epochs: 10 → 20`. */
export function verdictText({ name, about, before, after }: Verdict): string {
  const subject = about === undefined ? name : `${name} ${about}`;
  if (before === undefined && after === undefined) return subject;
  return `${subject}: ${valueText(before)} → ${valueText(after)}`;
}

/** A state on one line; of many reasons the first is told. */
export function freshnessText(state: Freshness): string {
  if (state.kind === "fresh") return "fresh";
  const list = state.kind === "waiting" ? state.on : state.verdicts.map(verdictText);
  const first = state.kind === "waiting" ? `on ${list[0]}` : list[0];
  return list.length > 1 ? `${first}, and ${list.length - 1} more` : first;
}

/** Digests are cut, nothing else is. */
function valueText(value: Json | undefined): string {
  if (value === undefined) return "(none)";
  if (typeof value === "string" && /^[0-9a-f]{64}$/.test(value)) return value.slice(0, 12);
  return JSON.stringify(value);
}
