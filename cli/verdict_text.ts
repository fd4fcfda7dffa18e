/**
 * Freshness in words.
 *
 * @module
 */
import type { Json } from "../lib/core/canonical_json.ts";
import { cutMiddle, displayWidth } from "../lib/core/display_width.ts";
import type { Freshness } from "../lib/pipeline/freshness.ts";
import type { Verdict } from "../lib/pipeline/verdict.ts";

/** A verdict on one line: `paramChanged params.epochs: 10 → 20`. */
export function verdictText(verdict: Verdict): string {
  const { before, after } = verdict;
  if (before === undefined && after === undefined) return subjectText(verdict);
  return `${subjectText(verdict)}: ${valueText(before)} → ${valueText(after)}`;
}

/**
 * A verdict in lines of at most `columns`. Where one line is too short, old and new value stand
 * below, with their middles cut.
 */
export function verdictLines(verdict: Verdict, columns: number): string[] {
  const line = verdictText(verdict);
  if (displayWidth(line) <= columns) return [line];
  const { before, after } = verdict;
  const subject = cutMiddle(subjectText(verdict), columns);
  if (before === undefined && after === undefined) return [subject];
  const width = columns - "  before ".length;
  return [
    subject,
    `  before ${cutMiddle(valueText(before), width)}`,
    `  after  ${cutMiddle(valueText(after), width)}`,
  ];
}

/** A state on one line, with the first of its reasons. */
export function freshnessText(state: Freshness): string {
  if (state.kind === "fresh") return "fresh";
  const list = state.kind === "waiting" ? state.on : state.verdicts.map(verdictText);
  const first = state.kind === "waiting" ? `on ${list[0]}` : list[0];
  return list.length > 1 ? `${first}, and ${list.length - 1} more` : first;
}

/** A state without values that differ from instance to instance, so that equal ones are counted. */
export function reasonText(state: Freshness): string {
  if (state.kind === "fresh") return "fresh";
  const list = state.kind === "waiting"
    ? state.on.map((id) => id.replace(/\[.*/, ""))
    : state.verdicts.map(({ name, about }) => subjectText({ name, about }));
  const different = [...new Set(list)];
  const shown = different.slice(0, 2).join(", ");
  const more = different.length > 2 ? `, and ${different.length - 2} more` : "";
  return `${state.kind === "waiting" ? "on " : ""}${shown}${more}`;
}

function subjectText({ name, about }: Verdict): string {
  return about === undefined ? name : `${name} ${about}`;
}

/** Digests are cut, nothing else is. */
function valueText(value: Json | undefined): string {
  if (value === undefined) return "(none)";
  if (typeof value === "string" && /^[0-9a-f]{64}$/.test(value)) return value.slice(0, 12);
  return JSON.stringify(value);
}
