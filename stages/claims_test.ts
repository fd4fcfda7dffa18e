import { strict as assert } from "node:assert";
import { UserError } from "../lib/core/errors.ts";
import { inFolder } from "../lib/analysis/testdata/counted.ts";
import { makePlan } from "../lib/plan/plan.ts";
import { runStage } from "../lib/plan/testdata/run_stage.ts";
import { readTable, writeTable } from "../lib/table/parquet_tables.ts";
import { claimsTable, expectedTable } from "../lib/table/schemas/claims.ts";
import { type TransferRow, transferTable } from "../lib/table/schemas/transfer.ts";
import { claims } from "./claims.ts";
import { stages } from "./mod.ts";

const head = `name: claimed
stages:
  corpus: { use: download, matrix: { language: [eng, swa] }, with: { corpus: sample, language: $language } }
  tokens: { use: ner.tokenize, matrix: { language: [eng, swa] }, inputs: { corpus: corpus } }
  memorize:
    use: ner.memorize
    matrix: { source: [eng, swa] }
    inputs: { train: { stage: tokens, where: { language: $source } }, examples: tokens }
  evaluate: { use: ner.evaluate, matrix: { source: [eng, swa] }, inputs: { predictions: memorize } }
  intervals: { use: intervals, inputs: { counts: evaluate } }
`;

async function plan(text: string) {
  const file = await Deno.makeTempFile({ suffix: ".yaml" });
  try {
    await Deno.writeTextFile(file, head + text);
    return (await makePlan({ file }, stages)).plan;
  } finally {
    await Deno.remove(file);
  }
}

const claim = (query: string, more = "") =>
  `claims:
  - id: one
    says: it is so
    source: somebody, table 1
${more}    query: >-
      ${query}
`;

Deno.test("claims of a file are a stage that takes the tables which queries name", async () => {
  const { instances } = await plan(
    claim("SELECT value AS effect, low, high FROM Intervals i JOIN expected USING (language)") +
      "expected:\n  - { id: t, source: somebody, values: { eng: 50 } }\n",
  );
  const last = instances.at(-1)!;
  assert.deepEqual([last.id, last.kind, last.inputs.intervals, last.inputs.scores], [
    "claims",
    "claims",
    ["intervals"],
    [],
  ]);
  const { instances: without } = await plan("expected:\n  - { id: t, source: s, value: 1 }\n");
  assert.deepEqual(Object.values(without.at(-1)!.inputs).flat(), []);
  assert.equal((await plan("")).instances.some(({ id }) => id === "claims"), false);
});

const wrong: [string, string, string, number][] = [
  [
    "no interval",
    claim("SELECT value AS effect, std FROM intervals"),
    'Cannot judge claim "one": its query gives no interval: it has no column "low", "high", but "effect", "std"',
    16,
  ],
  [
    "a table that nothing writes",
    claim("SELECT difference AS effect, low, high FROM comparisons"),
    'Cannot ask claim "one": its query names table "comparisons", which no stage of this file writes',
    16,
  ],
  [
    "no table",
    claim("SELECT 1 AS effect, 0 AS low, 2 AS high"),
    'Cannot ask claim "one": its query names no table that a stage of this file writes',
    16,
  ],
  [
    "a misspelled table",
    claim("SELECT value AS effect, low, high FROM interval"),
    'Cannot ask claim "one": its query names no table that a stage of this file writes',
    16,
  ],
  [
    "no SQL",
    claim("SELECT value AS effect, low,, high FROM intervals"),
    'Cannot ask claim "one": Cannot read the SQL: syntax error at or near ","',
    16,
  ],
  [
    "a statement that writes",
    claim("DROP TABLE intervals; FROM intervals"),
    'Cannot ask claim "one": Cannot run a DROP statement: results are read-only',
    16,
  ],
  [
    "a weak arrow",
    claim("SELECT value AS effect, low, high FROM intervals WHERE axes->>'source' = 'eng'"),
    "Cannot ask claim \"one\": DuckDB compares first, and takes axes->>'source' of that",
    16,
  ],
  [
    "a condition that is none",
    claim("SELECT value AS effect, low, high FROM intervals", "    confirmed: mean > 0\n"),
    'Cannot use this as "claims.0.confirmed"',
    16,
  ],
  [
    "a name that is there twice",
    "expected:\n  - { id: t, source: s, value: 1 }\n  - { id: t, source: s, value: 2 }\n",
    'Cannot use this as "expected.1.id"',
    14,
  ],
  [
    "published numbers without a number",
    "expected:\n  - { id: t, source: s }\n",
    'Cannot use this as "expected.0"',
    13,
  ],
];
for (const [name, text, message, line] of wrong) {
  Deno.test(`claims refuse ${name}, at its place`, async () => {
    await assert.rejects(plan(text), (error) => {
      assert.ok(error instanceof UserError);
      assert.deepEqual(
        error.problems.map(({ message, range }) => [message, range?.line]),
        [[message, line]],
      );
      return true;
    });
  });
}

const row: TransferRow = {
  model: "encoder",
  source: "eng",
  target: "swa",
  metric: "f1",
  of: "micro",
  seeds: 3,
  mean: 50,
  std: 2,
  gap: null,
};

/** Judges queries over a transfer matrix of two rows. */
async function judge(folder: string, queries: string[], more: Record<string, string> = {}) {
  const path = `${folder}/transfer.parquet`;
  await writeTable(transferTable, path, [row, { ...row, target: "hau", mean: 40, std: null }]);
  const input = {
    instance: "transfer[corpus=c]",
    axes: { study: "c" },
    files: { "transfer.parquet": path },
  };
  const inputs = Object.fromEntries(
    Object.keys(claims.inputs).map((name) => [name, [] as typeof input[]]),
  );
  const said = { says: "so", source: "table 1", ...more };
  const out = `${folder}/out`;
  await runStage(claims, out, {
    claims: queries.map((query, i) => ({ id: `c${i}`, query, ...said })),
    expected: [{
      id: "t",
      source: "s",
      measured: false,
      values: { swa: 45, hau: 44 },
      value: 44.5,
    }],
  }, { ...inputs, transfer: [input] });
  return {
    claims: await readTable(claimsTable, `${out}/claims.parquet`),
    expected: await readTable(expectedTable, `${out}/expected.parquet`),
  };
}

Deno.test("claims: verdicts are computed", () =>
  inFolder(async (folder) => {
    const between = (low: number, high: number) =>
      `SELECT mean AS effect, mean + ${low} AS low, mean + ${high} AS high FROM transfer ` +
      "WHERE target = 'swa' AND study = 'c'";
    const { claims, expected } = await judge(
      folder,
      [
        between(-10, 10),
        between(-60, 10),
        between(-100, -60),
        "SELECT mean - value AS effect, effect - std AS low, effect + std AS high " +
        "FROM transfer JOIN expected ON target = language",
      ].slice(0, 3),
    );
    assert.deepEqual(
      claims.map(({ id, verdict, effect, low, high }) => [id, verdict, effect, low, high]),
      [
        ["c0", "confirmed", 50, 40, 60],
        ["c1", "undecided", 50, -10, 60],
        ["c2", "refuted", 50, -50, -10],
      ],
    );
    assert.deepEqual(
      expected.map(({ language, value, isMeasured }) => [language, value, isMeasured]),
      [[null, 44.5, false], ["swa", 45, false], ["hau", 44, false]],
    );
    const same = await judge(folder, [between(-1, 1)], {
      confirmed: "low > 48 and high < 52",
      refuted: "low > 52",
    });
    assert.equal(same.claims[0].verdict, "confirmed");
  }));

const odd: [string, string, string][] = [
  ["no row", "WHERE target = 'yor'", "its answer has no row"],
  ["two rows", "", "its answer has 2 rows"],
  ["NULL", "WHERE target = 'hau'", "low is NULL"],
];
for (const [name, where, why] of odd) {
  Deno.test(`claims refuse an answer with ${name}`, () =>
    inFolder(async (folder) => {
      const query =
        `SELECT mean AS effect, mean - std AS low, mean + 1 AS high FROM transfer ${where}`;
      await assert.rejects(judge(folder, [query]), (error) => {
        assert.ok(error instanceof UserError);
        assert.equal(
          error.problems[0].message,
          `Cannot judge claim "c0": its query gives no interval: ${why}`,
        );
        return true;
      });
    }));
}

Deno.test("claims refuse ends that are turned round, and conditions that both hold", () =>
  inFolder(async (folder) => {
    const query = "SELECT 1 AS effect, 2 AS low, 0 AS high FROM transfer LIMIT 1";
    await assert.rejects(judge(folder, [query]), {
      message: /its query gives no interval: low is 2, above high, 0/,
    });
    await assert.rejects(
      judge(folder, ["SELECT 1 AS effect, 0 AS low, 2 AS high FROM transfer LIMIT 1"], {
        confirmed: "effect > 0",
        refuted: "low <= 0",
      }),
      { message: /Cannot judge claim "c0": both "effect > 0" and "low <= 0" hold for effect 1/ },
    );
  }));
