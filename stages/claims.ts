/**
 * What sources say, and tables → whether the results say so too.
 *
 * @module
 */
import { z } from "zod";
import { checkQueries } from "../lib/analysis/claim_queries.ts";
import { expectedRows, judgeClaims } from "../lib/analysis/claims.ts";
import { claimsSchema, expectedsSchema } from "../lib/plan/claims_schema.ts";
import { defineStage, type InputSpec, table } from "../lib/plan/stage.ts";
import { writeTable } from "../lib/table/parquet_tables.ts";
import { ReadOnlyTables } from "../lib/table/read_only.ts";
import type { View } from "../lib/table/views.ts";
import { attentionTable } from "../lib/table/schemas/attention.ts";
import { claimsTable, expectedTable } from "../lib/table/schemas/claims.ts";
import { comparisonsTable, powerTable } from "../lib/table/schemas/comparisons.ts";
import { crossingsTable } from "../lib/table/schemas/crossings.ts";
import {
  bucketsTable,
  confusionTable,
  lossesTable,
  suspectsTable,
  worstTable,
} from "../lib/table/schemas/errors.ts";
import { fisherOverlapsTable, fisherTable } from "../lib/table/schemas/fisher.ts";
import { intervalsTable } from "../lib/table/schemas/intervals.ts";
import { pruningTable } from "../lib/table/schemas/pruning.ts";
import { countsTable, scoresTable } from "../lib/table/schemas/scores.ts";
import { labelsTable, mixtureTable } from "../lib/table/schemas/mixture.ts";
import { selectedTable } from "../lib/table/schemas/selected.ts";
import { sourceFeaturesTable } from "../lib/table/schemas/source_features.ts";
import { sourceRankingTable } from "../lib/table/schemas/source_ranking.ts";
import { commonEntitiesTable, recallErrorsTable } from "../lib/table/schemas/transfer_errors.ts";
import { trainingsTable } from "../lib/table/schemas/trainings.ts";
import { transferTable } from "../lib/table/schemas/transfer.ts";

/** The tables that queries can name, beside `expected`. */
const asked = [
  scoresTable,
  countsTable,
  transferTable,
  selectedTable,
  intervalsTable,
  comparisonsTable,
  powerTable,
  crossingsTable,
  attentionTable,
  lossesTable,
  confusionTable,
  worstTable,
  suspectsTable,
  bucketsTable,
  recallErrorsTable,
  commonEntitiesTable,
  pruningTable,
  fisherTable,
  fisherOverlapsTable,
  mixtureTable,
  labelsTable,
  trainingsTable,
  sourceFeaturesTable,
  sourceRankingTable,
];

const inputs = Object.fromEntries(asked.map(({ name }) => [
  name,
  {
    about: `the table ${name}, for queries that name it`,
    takes: "many",
    files: [`${name}.parquet`],
    optional: true,
    named: true,
  } satisfies InputSpec,
]));

/** A pipeline file's `claims` and `expected` are such a stage, whose inputs its queries name. */
export const claims = defineStage({
  kind: "claims",
  about:
    "holds what sources claim against the results, by queries that give effects with intervals",
  params: z.strictObject({
    claims: claimsSchema.default([]).describe("what sources say, each with its query"),
    expected: expectedsSchema.default([]).describe("published numbers, as the table expected"),
  }),
  inputs,
  outputs: { "claims.parquet": table(claimsTable), "expected.parquet": table(expectedTable) },
  async reads({ claims }) {
    await checkQueries(claims, [...asked, expectedTable]);
    return { facts: null, paths: [] };
  },
  async run({ params, inputs, output, log }) {
    await writeTable(expectedTable, output("expected.parquet"), expectedRows(params.expected));
    const views: Record<string, View> = {
      expected: { files: [output("expected.parquet")], columns: expectedTable.columns },
    };
    for (const { name, columns } of asked) {
      const files = inputs[name].map(({ files }) => files[`${name}.parquet`]);
      const axes = inputs[name].map(({ axes }) => axes);
      if (files.length > 0) views[name] = { files, columns, axes };
    }
    // One thread: sums of fractions are the same bytes everywhere.
    using tables = await ReadOnlyTables.open(views, { memory: "2GB", disk: "4GB", threads: 1 });
    const rows = await judgeClaims(params.claims, tables);
    await writeTable(claimsTable, output("claims.parquet"), rows);
    for (const { id, verdict, effect, low, high } of rows) {
      log(`${id} is ${verdict}: ${effect} [${low}, ${high}]`);
    }
  },
});
