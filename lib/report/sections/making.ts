/**
 * How results were made: what ran when, and where everything comes from.
 *
 * @module
 */
import { timeline } from "../charts/series.ts";
import type { Facts, Work } from "../facts.ts";
import { dataTable, type Figure } from "../figure.ts";
import { foreign, type Html, html } from "../html.ts";
import type { Asked, Section } from "./section.ts";

/** The most digests in a page. */
const maxDigests = 200;

/** What ran when, and for how long. Time in which nothing ran is left out. */
export function traceSection({ work }: Facts): Section | undefined {
  if (work.length === 0) return undefined;
  const { bars, seconds } = withoutIdle(work);
  const [unit, divisor] = seconds > 7200
    ? ["hours", 3600]
    : seconds > 120
    ? ["minutes", 60]
    : ["seconds", 1];
  const stages = [...Map.groupBy(bars, ({ stage }) => stage)];
  const times = (each: readonly { start: number; end: number }[]) =>
    each.map(({ start, end }) => end - start);
  const answer = {
    columns: ["stage", "instances", "seconds together", "shortest", "longest"],
    rows: stages.map(([stage, each]) => [
      stage,
      each.length,
      sum(times(each)),
      Math.min(...times(each)),
      Math.max(...times(each)),
    ]),
  };
  const figure: Figure = {
    id: "trace-bars",
    title: "What ran when",
    note: html`${work.length} pieces of work, ${
      new Date(Math.min(...work.map(({ start }) => start))).toISOString().slice(0, 16).replace(
        "T",
        " ",
      )
    } UTC
first; a bar each. Time in which nothing of this ran is left out.`,
    panels: [{
      choice: {},
      body: timeline({
        alt: `When the instances of ${stages.length} stages ran, over ${
          Math.round(seconds)
        } seconds.`,
        rows: stages.map(([stage]) => stage),
        bars: bars.map(({ stage, start, end }) => ({
          row: stage,
          start: start / divisor,
          end: end / divisor,
        })),
        unit,
      }),
    }],
    answer,
  };
  return { id: "trace", title: "The run", parts: [figure] };
}

/** Work in seconds since the first began; gaps between are cut out. */
function withoutIdle(work: readonly Work[]) {
  const sorted = [...work].sort((a, b) => a.start - b.start || (a.instance < b.instance ? -1 : 1));
  let until = sorted[0].start, idle = sorted[0].start;
  const bars = sorted.map(({ stage, start, end }) => {
    if (start > until) idle += start - until;
    until = Math.max(until, end);
    return { stage, start: (start - idle) / 1000, end: (end - idle) / 1000 };
  });
  return { bars, seconds: (until - idle) / 1000 };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

/** Commit, versions, data, licences, oddities, commands, and all tables there are. */
export async function provenanceSection({ results }: Asked, facts: Facts): Promise<Section> {
  const parts: (Html | Figure)[] = [
    html`
      <h3>Make it again</h3>
      <pre tabindex="0"><code>${facts.commands.join("\n")}</code></pre>
    `,
    remadeTables(facts),
    pairs("Made with", facts.made),
    pairs("Params", facts.params),
  ];
  if (facts.corpora.length > 0) {
    parts.push(html`
      <h3>Corpora and their licences</h3>
      <dl>${facts.corpora.map(({ name, title, licence, note }) =>
        html`
          <dt>${name}</dt>
          <dd>${foreign(title)}. Licence: ${foreign(licence)}.${note && html`
            ${foreign(note)}
          `}</dd>
        `
      )}</dl>
    `);
  }
  if (results.has("oddities")) {
    const sql = "SELECT corpus, language, oddity, action, sum(count)::DOUBLE AS count\n" +
      "FROM oddities GROUP BY ALL ORDER BY ALL";
    parts.push({
      id: "oddities",
      title: "What was odd in the data",
      panels: [],
      sql,
      answer: await results.ask(sql),
    });
  }
  if (facts.digests.length > 0) {
    parts.push(
      html`<details><summary>Digests of the data (${facts.digests.length})</summary>${
        dataTable(
          {
            columns: ["what", "SHA-256"],
            rows: facts.digests.map(([what, digest]) => [what, digest]),
          },
          "Digests of the data",
          { rows: maxDigests },
        )
      }</details>`,
    );
  }
  parts.push(
    html`<h3>All tables</h3>${
      facts.sqlCommand &&
      html`<p>Ask them: <code>${facts.sqlCommand} "FROM ${
        [...results.counts.keys()][0] ?? "scores"
      } LIMIT 10"</code></p>`
    }${
      dataTable({
        columns: ["table", "rows", "columns"],
        rows: [...results.counts].map(([name, rows]) => [
          name,
          rows,
          results.columns.get(name)!.join(" "),
        ]),
      }, "All tables with rows")
    }`,
  );
  return { id: "provenance", title: "Where this comes from", parts };
}

function remadeTables({ remade }: Facts): Html {
  if (remade.length === 0) return html``;
  return html`
    <details>
      <summary>What makes each table again (${remade.length})</summary>
      <dl>${remade.map(([table, command]) =>
        html`
          <dt>${table}</dt>
          <dd><code class="command">${command}</code></dd>
        `
      )}</dl>
    </details>
  `;
}

function pairs(title: string, list: readonly (readonly [string, string])[]): Html {
  if (list.length === 0) return html``;
  return html`
    <h3>${title}</h3>
    <dl>${list.map(([name, value]) =>
      html`
        <dt>${foreign(name)}</dt>
        <dd>${foreign(value)}</dd>
      `
    )}</dl>
  `;
}
