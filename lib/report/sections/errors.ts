/**
 * What models got wrong: losses, confusions, and sentences with gold and predicted spans.
 *
 * @module
 */
import { dataTable, type Figure, type Panel } from "../figure.ts";
import { foreign, type Html, html } from "../html.ts";
import { byChoice, type Row, rowsOf } from "../results.ts";
import { errorQuestions } from "./error_tables.ts";
import { bucketsOfSentence } from "./bucket_examples.ts";
import type { Asked, Section } from "./section.ts";
import { sentenceHtml } from "./sentence.ts";

/** Sentences of each group, and the most in a page. */
const topSentences = 3, maxSentences = 150;
/** The most labels in a confusion matrix. */
const maxLabels = 24;
/** The most groups of rows of losses. */
const maxGroups = 48;

/** Losses, worst sentences, confusion. */
export async function errorsSection({ results }: Asked): Promise<Section | undefined> {
  const { axes, losses, confusion, worst } = errorQuestions(results, topSentences);
  const choices = ["model", ...axes, "corpus", "language"];
  const parts: Figure[] = [];
  if (losses) {
    const answer = await results.ask(losses);
    parts.push({
      id: "losses",
      title: "Where the loss is",
      note:
        html`Tokens, and right answers, with the greatest sum of −ln p of the right answer, in nats;
seeds together.`,
      panels: byChoice(rowsOf(answer), ["of", ...choices]).slice(0, maxGroups)
        .map(({ choice, rows }) => ({ choice, body: lossTable(rows) })),
      sql: losses,
    });
  }
  if (worst) {
    const rows = rowsOf(await results.ask(worst)).slice(0, maxSentences);
    parts.push({
      id: "worst",
      title: "The worst sentences",
      note:
        html`With the greatest loss, of one seed. <b class="gold">Right answers</b> stand above a
word, <b class="wrong">what the model said instead</b> below it. A click on a cell of the confusion
matrix, or on a kind of entity, shows the sentences here that have it.`,
      panels: byChoice(rows, choices).map(({ choice, rows }) => ({
        choice,
        body: html`<div class="sentences">${
          rows.map((row) =>
            sentenceHtml(row, results.has("buckets") ? bucketsOfSentence(row) : undefined)
          )
        }</div>`,
      })),
      sql: worst,
    });
  }
  if (confusion) {
    const rows = rowsOf(await results.ask(confusion));
    parts.push({
      id: "confusion",
      title: "What was taken for what",
      note: html`Right answers in rows, those of the model in columns; colours are shares of a row.
Seeds together.`,
      panels: byChoice(rows, ["counting", ...choices]).map(({ choice, rows }): Panel => ({
        choice,
        body: confusionTable(rows),
      })),
      sql: confusion,
    });
  }
  const shown = parts.filter(({ panels }) => panels.length > 0);
  return shown.length === 0 ? undefined : { id: "errors", title: "Errors", parts: shown };
}

function lossTable(rows: readonly Row[]): Html {
  const [{ of }] = rows;
  return dataTable(
    {
      columns: [String(of), "count", "sum", "mean", "wrong"],
      rows: rows.map(({ name, count, sum, mean, wrong }) => [name, count, sum, mean, wrong]),
    },
    `Loss by ${of}`,
    { rows: 12 },
  );
}

function confusionTable(rows: readonly Row[]): Html {
  const cells = new Map<string, Map<string, number>>(), totals = new Map<string, number>();
  for (const { gold, predicted, count } of rows) {
    const row = cells.get(String(gold)) ?? new Map<string, number>();
    cells.set(
      String(gold),
      row.set(String(predicted), (row.get(String(predicted)) ?? 0) + Number(count)),
    );
    totals.set(String(gold), (totals.get(String(gold)) ?? 0) + Number(count));
  }
  const labels = labelsOf(rows);
  const line = (gold: string): Html => {
    const total = totals.get(gold) ?? 0;
    return html`<tr><th scope="row">${foreign(gold)}</th>${
      labels.map((predicted) => {
        const count = cells.get(gold)?.get(predicted) ?? 0;
        if (count === 0) return html`<td></td>`;
        const level = Math.max(1, Math.ceil(8 * count / total));
        const kind = gold === predicted ? "right" : "wrong";
        return html`<td class="${kind} s${level}" data-pair="${gold}→${predicted}">${count}</td>`;
      })
    }<td class="n">${total}</td></tr>`;
  };
  return html`
    <div class="scroll" tabindex="0" role="group" aria-label="Table: confusion">
      <table class="confusion">
        <caption>Right answers in rows, answers of the model in columns</caption>
        <thead>
          <tr><td></td>${labels.map((label) =>
            html`<th scope="col">${foreign(label)}</th>`
          )}<th scope="col">all</th></tr>
        </thead>
        <tbody>${labels.map(line)}</tbody>
      </table>
    </div>
  `;
}

/** The labels that occur most, in the order of their names. */
function labelsOf(rows: readonly Row[]): string[] {
  const counts = new Map<string, number>();
  for (const { gold, predicted, count } of rows) {
    for (const label of [String(gold), String(predicted)]) {
      counts.set(label, (counts.get(label) ?? 0) + Number(count));
    }
  }
  const kept = [...counts].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1)).slice(0, maxLabels);
  const order = (label: string) => label.replace(/^([BI])-(.*)$/, "$2 $1");
  return kept.map(([label]) => label).sort((a, b) => order(a) < order(b) ? -1 : 1);
}
