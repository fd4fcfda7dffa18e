/**
 * The README.md of an export.
 *
 * @module
 */
import { markdownTable } from "../report/answered_text.ts";
import type { Facts } from "../report/facts.ts";
import type { ShownTable } from "../report/matrix.ts";
import { plainText } from "./model_card.ts";

/** What a README tells beside the facts. */
export interface ExportContents {
  /** Matrices of results, in the order of the page. */
  readonly shown: readonly ShownTable[];
  /** Verdicts of claims. */
  readonly claims: readonly {
    readonly id: string;
    readonly says: string;
    readonly verdict: string;
  }[];
  /** The tables here, with their rows. */
  readonly tables: readonly (readonly [name: string, rows: number])[];
  /** Tables that are left out as they hold texts of corpora. */
  readonly leftOut: readonly string[];
  /** Folders of models. */
  readonly models: readonly string[];
  readonly pipelineFile: string;
  readonly lockFile: string;
  /** The profile that was named, and what `--set` gave. */
  readonly profile?: string;
  readonly set: readonly string[];
  readonly hasStore: boolean;
  readonly hasPaper: boolean;
}

/** The most models that are listed. */
const mostModels = 200;

/** The text of a README. */
export function resultsPage(facts: Facts, contents: ExportContents): string {
  const { shown, claims, tables, leftOut, models, pipelineFile, lockFile } = contents;
  const options = `-f PATH/TO/THIS/FOLDER/${pipelineFile}` +
    (contents.profile === undefined ? "" : ` --profile ${contents.profile}`) +
    contents.set.map((each) => ` --set ${quoted(each)}`).join("");
  const verify = `deno task verify --lock ${options}`;
  const lines: (string | false)[] = [
    `# ${plainText(facts.pipeline)}`,
    "",
    `Profile ${plainText(facts.profile)}. ${plainText(facts.about ?? "")}`.trimEnd(),
    "",
    ...claims.length === 0 ? [] : [
      "## Claims",
      "",
      ...markdownTable({
        columns: ["claim", "says", "verdict"],
        rows: claims.map(({ id, says, verdict }) =>
          [id, says, verdict].map((each) => plainText(each))
        ),
      }),
      "",
    ],
    ...shown.length === 0 ? [] : ["## Results", "", ...shown.flatMap(shownLines)],
    "## What is here",
    "",
    ...tables.map(([name, rows]) => `- \`tables/${name}.parquet\`: ${rows} rows`),
    ...models.slice(0, mostModels).map((model) => `- [models/${model}](models/${model}/README.md)`),
    models.length > mostModels && `- and ${models.length - mostModels} more models`,
    contents.hasPaper && "- `paper`: tables and figures for a paper; `paper/appendix.tex` has all",
    "- `citations.bib`: what to cite for corpora and encoders",
    `- \`${pipelineFile}\` and \`${lockFile}\`: what was run, and the digest of every result`,
    contents.hasStore && "- `store`: every result, by its digest",
    "- `ro-crate-metadata.json`: all of this for programs; `export.json`: the digest of every file",
    "",
    leftOut.length > 0 && `Left out as they hold texts of corpora: ${leftOut.join(", ")}.`,
    leftOut.length > 0 && "",
    "## Make it again",
    "",
    "In a checkout of crosstie" +
    facts.made.filter(([what]) => what === "commit").map(([, value]) =>
      `, commit ${plainText(value)}`
    ).join("") + ":",
    "",
    "```sh",
    `deno task pipeline ${options}`,
    // The lock of a pipeline is of what its file says.
    ...contents.set.length > 0 ? [] : contents.hasStore
      ? [
        "# or prove that these very bytes are the locked ones, without running anything:",
        `CROSSTIE_CACHE=/tmp/empty CROSSTIE_SHARED_CACHE=PATH/TO/THIS/FOLDER/store ${verify}`,
      ]
      : [`${verify} # then compares with the lock`],
    "```",
    "",
    ...facts.made.map(([what, value]) => `- ${plainText(what)}: ${plainText(value)}`),
    "",
    "## Corpora and their licences",
    "",
    ...facts.corpora.map(({ name, title, licence }) =>
      `- ${plainText(name)}: ${plainText(title)}. Licence: ${plainText(licence)}.`
    ),
    "",
  ];
  return lines.filter((line) => line !== false).join("\n");
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

function shownLines({ title, matrices, foot }: ShownTable): string[] {
  return matrices.flatMap(({ about, header, rows }) => [
    `${plainText(about === undefined ? title : `${title}; ${about}`)}`,
    "",
    ...markdownTable({
      columns: header.map(plainText),
      rows: rows.map((row) => row.map(plainText)),
    }),
    "",
    ...foot === undefined ? [] : [plainText(foot), ""],
  ]);
}
