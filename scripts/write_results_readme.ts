/**
 * Writes results/README.md from the tables that the stages declare.
 *
 * @module
 */
import { macros } from "../lib/table/macros.ts";
import type { TableSchema } from "../lib/table/schema.ts";
import { runsTable } from "../lib/table/schemas/runs.ts";
import { stages } from "../stages/mod.ts";

const path = new URL("../results/README.md", import.meta.url);

/** Every table's columns, units and key, as Markdown. */
export async function resultsReadme(): Promise<string> {
  const writers = new Map<string, { schema: TableSchema; kinds: Set<string> }>();
  for (const entry of Object.values(stages)) {
    const kind = await entry.load();
    for (const output of Object.values(kind.outputs)) {
      if (output.kind !== "table") continue;
      const { schema } = output;
      const writer = writers.get(schema.name) ?? { schema, kinds: new Set() };
      writer.kinds.add(kind.kind);
      writers.set(schema.name, writer);
    }
  }
  const told = { schema: runsTable, kinds: new Set<string>() };
  const sections = [...writers.values(), told].map(({ schema, kinds }) => {
    const rows = Object.entries(schema.columns).map(([name, { type, about, nullable }]) =>
      `| \`${name}\` | ${type}${nullable ? ", may be NULL" : ""} | ${about} |`
    );
    return [
      `## ${schema.name}`,
      "",
      `${schema.about} ${
        kinds.size > 0
          ? `Written by \`${[...kinds].join("`, `")}\``
          : "A view alone, made of the store's records"
      }. Key: ${schema.key.map((column) => `\`${column}\``).join(", ")}.`,
      "",
      "| column | type | what |",
      "|---|---|---|",
      ...rows,
    ].join("\n");
  });
  const calls = macros.map(({ call, about }) => `| \`${call}\` | ${about} |`);
  return `# Results

Every result is a Parquet table. A run lays its tables out here, as links into the store:

\`\`\`
results/<pipeline>/<profile>/<table>/<instance>.parquet
results/<pipeline>/<profile>/manifest.json        which files belong to which table
results/<pipeline>/<profile>+<key>=<value>/…      the same of a run with --set
results/catalog.sql                               all of it as views, for any client of DuckDB
\`\`\`

Ask them in SQL, one view per table (\`-f\`, \`--profile\` and \`--set\` choose the results, as for \`run\`; \`DESCRIBE scores\` says what the columns of a view mean):

\`\`\`sh
deno task sql "SELECT model, source, language AS target, avg(value) AS f1 FROM scores WHERE metric = 'f1' AND of = 'micro' GROUP BY ALL ORDER BY ALL"
\`\`\`

A view also has the axes of the instances that wrote its files, such as \`source\`, \`seed\` or \`language\`, as further columns before the table's own. The files do not hold them: \`manifest.json\` does. An axis has numbers where all its values are whole ones, and text elsewhere; it is NULL in rows of stages without it. Where a table has a column of that name itself, that one counts.

What is asked again and again has a macro:

| call | what |
|---|---|
${calls.join("\n")}

\`mean_std\` and \`with_interval\` take \`digits\`, and \`pivot_scores\` takes \`average := 'macro'\`; it is there where results have the axis \`source\`.

This page is written by \`deno run -A scripts/write_results_readme.ts\` from the tables that the stages declare.

${sections.join("\n\n")}
`;
}

if (import.meta.main) await Deno.writeTextFile(path, await resultsReadme());
