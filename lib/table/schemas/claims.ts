/**
 * What sources say, and whether the results say so too.
 *
 * @module
 */
import { defineTable, type RowOf } from "../schema.ts";

/** One row per claim. */
export const claimsTable = defineTable({
  name: "claims",
  about: "What a source claims, held against the results: each verdict is computed by a query.",
  columns: {
    id: { type: "VARCHAR", about: "the claim's name in the pipeline file" },
    says: { type: "VARCHAR", about: "what the source says, in our words" },
    source: { type: "VARCHAR", about: "the source, and the place in it" },
    verdict: {
      type: "VARCHAR",
      about: "confirmed or refuted, by the conditions beside; undecided where neither holds",
    },
    effect: { type: "DOUBLE", about: "what the query gives as effect, in its unit" },
    low: { type: "DOUBLE", about: "lower end of the effect's interval" },
    high: { type: "DOUBLE", about: "upper end of the effect's interval" },
    confirmed: { type: "VARCHAR", about: "when it is confirmed, such as low > 0" },
    refuted: { type: "VARCHAR", about: "when it is refuted, such as high < 0" },
    query: { type: "VARCHAR", about: "the query that gives effect, low and high" },
  },
  key: ["id"],
});

/** One row per published number. */
export const expectedTable = defineTable({
  name: "expected",
  about: "Published numbers, as the pipeline file has them.",
  columns: {
    id: { type: "VARCHAR", about: "name of the group of numbers in the pipeline file" },
    source: { type: "VARCHAR", about: "where they were published, and the place in it" },
    isMeasured: {
      type: "BOOLEAN",
      about: "whether the source measured them; false where it claims without measuring",
    },
    model: { type: "VARCHAR", about: "kind of model, where it is said", nullable: true },
    axes: {
      type: "VARCHAR",
      about: "what else they are of, as JSON, such as the source: (axes->>'source')",
    },
    language: { type: "VARCHAR", about: "of which language; NULL over all", nullable: true },
    metric: { type: "VARCHAR", about: "of which score" },
    of: { type: "VARCHAR", about: "and of what: a class, micro or macro" },
    value: { type: "DOUBLE", about: "the published number, % where it is a score" },
  },
  key: ["id", "language"],
});

/** A row of {@linkcode claimsTable}. */
export type ClaimRow = RowOf<typeof claimsTable>;

/** A row of {@linkcode expectedTable}. */
export type ExpectedRow = RowOf<typeof expectedTable>;
