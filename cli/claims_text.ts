/**
 * Claims and their verdicts as people read them.
 *
 * @module
 */
import type { ClaimRow } from "../lib/table/schemas/claims.ts";
import { alignedTable, cellText } from "./text_table.ts";

/** One line a claim: the verdict, the effect with its interval, and what is claimed where. */
export function formatClaims(rows: readonly ClaimRow[]): string {
  const header = ["verdict", "claim", "effect", "interval", "what the source says"];
  const lines = rows.map(({ verdict, id, effect, low, high, says, source }) => [
    verdict,
    id,
    cellText(effect, 2),
    `[${cellText(low, 2)}, ${cellText(high, 2)}]`,
    `${says} (${source})`,
  ]);
  const counts = ["confirmed", "refuted", "undecided"].map((verdict) =>
    `${rows.filter((row) => row.verdict === verdict).length} ${verdict}`
  );
  return `Claims of the sources, held against these results: ${counts.join(", ")}\n\n` +
    alignedTable(header, lines, header.map((_, column) => column === 2 || column === 3));
}
