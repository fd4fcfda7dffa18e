/**
 * The instances of one state, as lines that fit a terminal.
 *
 * @module
 */
import { cutMiddle } from "../lib/core/display_width.ts";
import type { Freshness } from "../lib/pipeline/freshness.ts";
import { freshnessText, reasonText } from "./verdict_text.ts";

/** The most instances of a stage that are named one by one; more are counted. */
const namedInstances = 3;

/**
 * The instances of a state. Those of one stage with the same reason are counted on one line, unless
 * they are few.
 *
 * @param all name every instance
 */
export function instanceLines(
  kind: Freshness["kind"],
  states: ReadonlyMap<string, Freshness>,
  all: boolean,
  columns: number,
): string[] {
  const members = [...states].filter(([, state]) => state.kind === kind);
  const groups = Map.groupBy(
    members,
    ([id, state]) => `${id.replace(/\[.*/, "")}\n${reasonText(state)}`,
  );
  return [...groups].flatMap(([key, group]) => {
    const [stage, reason] = key.split("\n");
    if (!all && group.length > namedInstances) return [`${stage} × ${group.length}  ${reason}`];
    return group.map(([id, state]) =>
      state.kind === "fresh" ? id : `${id}  ${freshnessText(state)}`
    );
  }).map((line) => `  ${cutMiddle(line, columns - 2)}`);
}
