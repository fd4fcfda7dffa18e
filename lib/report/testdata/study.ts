/**
 * A study of any size whose numbers are made up, with names and words that would do harm where they
 * were not escaped.
 *
 * @module
 */
import { join } from "node:path";
import { writeTable } from "../../table/parquet_tables.ts";
import { ReadOnlyTables } from "../../table/read_only.ts";
import type { View } from "../../table/views.ts";
import type { RowOf, TableSchema } from "../../table/schema.ts";
import { attentionTable } from "../../table/schemas/attention.ts";
import { claimsTable, expectedTable } from "../../table/schemas/claims.ts";
import { bucketsTable } from "../../table/schemas/errors.ts";
import { historyTable } from "../../table/schemas/history.ts";
import { intervalsTable } from "../../table/schemas/intervals.ts";
import { predictionsTable } from "../../table/schemas/predictions.ts";
import { transferTable } from "../../table/schemas/transfer.ts";
import type { Facts } from "../facts.ts";
import { pageLimits, Results } from "../results.ts";

/** Names and words that are no harm to a page, though they try. */
export const hostile = {
  script: "<script>globalThis.broken = true</script>",
  attribute: "\" onload='globalThis.broken = true' x=\"",
  image: "<img src=x onerror=globalThis.broken=true>",
  escape: "\x1b[31mred\x07",
  turned: "abc\u202Egnp.exe",
  rightToLeft: "עברית",
  unclosed: "</svg></table></style><!--",
} as const;

/** How large a study is. */
export interface Size {
  readonly languages: readonly string[];
  readonly systems: readonly string[];
  readonly seeds: number;
  readonly sentences: number;
}

/** A study in a folder of its own. Close it with `await using`. */
export class MadeUpStudy implements AsyncDisposable {
  private constructor(
    readonly results: Results,
    readonly facts: Facts,
    readonly folder: string,
    readonly tables: ReadOnlyTables,
  ) {}

  /** Writes the tables of a study. */
  static async create(size: Size): Promise<MadeUpStudy> {
    const folder = await Deno.makeTempDir();
    const views: Record<string, View> = {};
    const add = async <S extends TableSchema>(
      schema: S,
      parts: readonly {
        readonly axes: Record<string, string | number>;
        readonly rows: RowOf<S>[];
      }[],
    ) => {
      const files = parts.map((_, i) => join(folder, `${schema.name}-${i}.parquet`));
      for (const [i, { rows }] of parts.entries()) await writeTable(schema, files[i], rows);
      views[schema.name] = {
        files,
        columns: schema.columns,
        axes: parts.map(({ axes }) => axes),
      };
    };
    await add(transferTable, [{ axes: {}, rows: transferRows(size) }]);
    await add(intervalsTable, [{ axes: {}, rows: intervalRows(size) }]);
    await add(claimsTable, [{ axes: {}, rows: claimRows(size) }]);
    await add(expectedTable, [{ axes: {}, rows: expectedRows(size) }]);
    const trained = size.systems.flatMap((system) =>
      Array.from({ length: size.seeds }, (_, seed) => ({ system, seed }))
    );
    await add(attentionTable, trained.map((axes) => ({ axes, rows: attentionRows(size) })));
    await add(historyTable, trained.map((axes) => ({ axes, rows: historyRows(axes.seed) })));
    await add(
      predictionsTable,
      trained.map((axes) => ({ axes, rows: predictionRows(size, axes.system, axes.seed) })),
    );
    await add(bucketsTable, trained.map((axes) => ({ axes, rows: bucketRows(size, axes.seed) })));
    const tables = await ReadOnlyTables.open(views, pageLimits);
    const results = await Results.of(tables, Object.keys(views));
    return new MadeUpStudy(results, facts(size), folder, tables);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.tables[Symbol.dispose]();
    await Deno.remove(this.folder, { recursive: true });
  }
}

/** A number that depends on its place alone. */
function number(...places: readonly number[]): number {
  return places.reduce((sum, place, i) => sum + (place + 1) * [7.3, 3.1, 11.7, 1.9][i % 4], 5) % 97;
}

const score = { metric: "f1", of: "micro" };

function transferRows({ languages, seeds }: Size): RowOf<typeof transferTable>[] {
  return languages.flatMap((source, i) =>
    languages.map((target, j) => ({
      ...score,
      model: "encoder",
      source,
      target,
      seeds,
      mean: number(i, j),
      std: seeds > 1 ? number(i) / 30 : null,
      gap: i === j ? 0 : number(i, j) - number(j, j),
    }))
  );
}

function intervalRows({ languages, systems, seeds }: Size): RowOf<typeof intervalsTable>[] {
  return systems.flatMap((system, i) =>
    [...languages, null].map((language, j) => ({
      ...score,
      model: "encoder",
      axes: JSON.stringify({ system }),
      corpus: "sample",
      language,
      split: "test",
      over: language === null ? "mean" : "sentences",
      targets: language === null ? languages.length : 1,
      seeds,
      seedsAre: null,
      sentences: 100,
      value: number(i, j),
      std: 1,
      low: number(i, j) - 2,
      high: number(i, j) + 3,
      confidence: .95,
      method: "percentile",
      resamples: 1000,
    }))
  );
}

function claimRows({ systems }: Size): RowOf<typeof claimsTable>[] {
  return ["confirmed", "refuted", "undecided"].map((verdict, i) => ({
    id: `claim_${verdict}`,
    says: `${systems[0]} is better`,
    source: hostile.image,
    verdict,
    effect: [4, -3, 1][i],
    low: [2, -5, -1][i],
    high: [6, -1, 3][i],
    confirmed: "low > 0",
    refuted: "high < 0",
    query: `SELECT 1 AS effect -- ${hostile.unclosed}`,
  }));
}

function expectedRows({ languages, systems }: Size): RowOf<typeof expectedTable>[] {
  return languages.map((language, j) => ({
    ...score,
    id: "published",
    source: "Table 3",
    isMeasured: j > 0,
    model: null,
    axes: JSON.stringify({ system: systems[0], encoder: "xlm-roberta-base" }),
    language,
    value: number(0, j) + [10, 1, -10][j % 3],
  }));
}

function attentionRows({ languages }: Size): RowOf<typeof attentionTable>[] {
  return languages.slice(0, 3).flatMap((language, j) =>
    Array.from({ length: 12 }, (_, layer) => ({
      corpus: "sample",
      language,
      split: "test",
      layer: layer + 1,
      of: "all",
      onItself: number(layer, j) / 10,
      onItsWord: number(layer, j) / 5,
      pieces: 100,
      sentences: 10,
    }))
  );
}

function historyRows(seed: number): RowOf<typeof historyTable>[] {
  return Array.from({ length: 200 }, (_, i) => ({
    step: i + 1,
    epoch: 1 + Math.floor(i / 50),
    loss: 3 / (i + 2) + seed / 100,
    learningRate: .001,
    gradientNorm: 1,
    asked: 100,
    devSplit: i % 50 === 49 ? "source" : null,
    devLoss: i % 50 === 49 ? 1 / (i + 2) : null,
    devAccuracy: i % 50 === 49 ? 50 + i / 10 : null,
    isSelected: i === 199,
  }));
}

const tags = ["O", "B-PER", "I-PER", "B-LOC", "O", "B-ORG", "O", "O", "O", "O"];

function predictionRows(
  { languages, sentences, systems }: Size,
  system: string,
  seed: number,
): RowOf<typeof predictionsTable>[] {
  const words = [...Object.values(hostile), "x", "y", "z"];
  return languages.flatMap((language, j) =>
    Array.from({ length: sentences }, (_, sentence) =>
      words.map((text, unit) => ({
        model: "encoder",
        corpus: "sample",
        language,
        split: "test",
        sentence,
        unit,
        text,
        gold: tags[unit],
        predicted: tags[(unit + (sentence + j + systems.indexOf(system)) % 3) % tags.length],
        loss: number(sentence, unit, j, seed) / 50,
        lost: false,
      }))).flat()
  );
}

const kinds: Readonly<Record<string, readonly string[]>> = {
  label: ["LOC", "ORG", "PER"],
  spanLength: ["1", "2", "3"],
};

function bucketRows({ languages }: Size, seed: number): RowOf<typeof bucketsTable>[] {
  return Object.entries(kinds).flatMap(([feature, buckets]) =>
    buckets.map((bucket, place) => ({
      model: "encoder",
      corpus: "sample",
      language: languages[0],
      split: "test",
      feature,
      bucket,
      place,
      gold: 10,
      predicted: 10,
      correct: 5,
      f1: number(place, seed),
      low: number(place, seed) - 3,
      high: number(place, seed) + 3,
      sentences: 5,
    }))
  );
}

function facts({ systems }: Size): Facts {
  return {
    pipeline: hostile.script,
    profile: "made up",
    about: hostile.attribute,
    params: [["systems", systems.join(", ")]],
    work: ["train", "predict"].flatMap((stage, i) =>
      systems.map((system, j) => ({
        stage,
        instance: `${stage}[system=${system}]`,
        start: 1_000_000 + 60_000 * i + 1000 * j,
        end: 1_020_000 + 60_000 * i + 1000 * j,
      }))
    ),
    made: [["commit", "0123456789abcdef"]],
    corpora: [{ name: "sample", title: hostile.image, licence: hostile.unclosed }],
    digests: [["sentences/x.parquet", "00".repeat(32)]],
    commands: ["deno task pipeline"],
    remade: [["transfer", "deno task pipeline transfer"]],
    sqlCommand: "deno task sql",
  };
}
