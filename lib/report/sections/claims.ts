/**
 * What sources claim, with verdicts.
 *
 * @module
 */
import { effects } from "../charts/series.ts";
import type { Figure } from "../figure.ts";
import { numberText } from "../figure.ts";
import { foreign, html } from "../html.ts";
import { rowsOf } from "../results.ts";
import type { Asked, Section } from "./section.ts";

const signs: Readonly<Record<string, string>> = { confirmed: "▲", refuted: "▼", undecided: "●" };

/** The largest effect that is drawn: one in another unit would leave the others no room. */
const widest = 100;

/** Each claim with its verdict, its effect and the query that decided. */
export async function claimsSection({ results }: Asked): Promise<Section | undefined> {
  if (!results.has("claims")) return undefined;
  const sql =
    "SELECT id, verdict, effect, low, high, says, source, confirmed, refuted, query\nFROM claims";
  const answer = await results.ask(sql);
  const claims = rowsOf(answer);
  const counts = Object.keys(signs).map((verdict) =>
    `${claims.filter((claim) => claim.verdict === verdict).length} ${verdict}`
  ).join(", ");
  const items = claims.map((claim) => {
    const verdict = String(claim.verdict);
    return html`
      <details class="claim ${verdict}">
        <summary><span class="verdict">${signs[verdict]} ${verdict}</span> <span>${claim
          .says}</span> <span class="effect">${number(claim.effect)} [${number(
            claim.low,
          )}, ${number(claim.high)}]</span></summary>
        <p>${foreign(String(claim.source))}. Confirmed when ${claim.confirmed}; refuted when ${claim
          .refuted}.</p>
        <pre tabindex="0"><code>${claim.query}</code></pre>
      </details>
    `;
  });
  const drawn = claims.filter(({ effect, low, high }) =>
    [effect, low, high].every((each) => typeof each === "number" && Math.abs(each) <= widest)
  );
  const figure: Figure = {
    id: "effects",
    title: "Effects with their intervals",
    note: drawn.length < claims.length
      ? html`${
        claims.length - drawn.length
      } of ${claims.length} effects reach beyond ±${widest} and are not drawn.`
      : undefined,
    panels: [{
      choice: {},
      body: effects({
        alt: `The effect of each claim with its interval: ${counts}.`,
        series: Object.keys(signs),
        points: drawn.map(({ id, verdict, effect, low, high }) => ({
          row: String(id),
          series: String(verdict),
          value: Number(effect),
          low: low as number | null,
          high: high as number | null,
        })),
      }),
    }],
    sql,
    answer,
  };
  return {
    id: "claims",
    title: "What the sources claim",
    parts: [
      html`<p><strong>${counts}.</strong> Each verdict is computed: unfold a claim to see how.</p>
<div class="claims">${items}</div>`,
      figure,
    ],
  };
}

function number(value: unknown): string {
  return typeof value === "number" ? numberText(value, 2) : "–";
}
