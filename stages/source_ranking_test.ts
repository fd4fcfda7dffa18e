import { strict as assert } from "node:assert";
import { UserError } from "../lib/core/errors.ts";
import { Workshop } from "../lib/experiment/testdata/workshop.ts";
import type { InputInstance } from "../lib/plan/stage.ts";
import { readTable, writeTable } from "../lib/table/parquet_tables.ts";
import { sourceFeaturesTable } from "../lib/table/schemas/source_features.ts";
import { sourceRankingTable } from "../lib/table/schemas/source_ranking.ts";
import { type TransferRow, transferTable } from "../lib/table/schemas/transfer.ts";
import { stages } from "./mod.ts";

let files = 0;

/** A table of transfer: source, target, score. */
async function transferOf(
  shop: Workshop,
  scores: readonly (readonly [string, string, number])[],
): Promise<InputInstance> {
  const path = `${shop.folder}/transfer-${++files}.parquet`;
  await writeTable(
    transferTable,
    path,
    scores.map(([source, target, mean]): TransferRow => ({
      ...{ model: "encoder", source, target, metric: "f1", of: "micro", seeds: 1, mean },
      ...{ std: null, gap: null },
    })),
  );
  return { instance: "transfer", axes: {}, files: { "transfer.parquet": path } };
}

const refuses = (message: RegExp) => (error: unknown): boolean =>
  error instanceof UserError && message.test(error.problems[0].message);

Deno.test("sources are compared, and ranked against the transfer that was measured", async () => {
  await using shop = await Workshop.open();
  const tokens = [];
  for (const language of ["eng", "deu", "rus"]) tokens.push(await shop.tokens(language));
  const { instance: features, lines } = await shop.run("source.features", {}, {
    sources: tokens,
    targets: tokens,
  });
  assert.deepEqual(lines, ["3 sources, 3 targets"]);
  const rows = await readTable(sourceFeaturesTable, features.files["source_features.parquet"]);
  assert.equal(rows.length, 6 * 12);
  const value = (source: string, target: string, feature: string) =>
    rows.find((row) => row.source === source && row.target === target && row.feature === feature)!
      .value;
  assert.deepEqual(
    [value("eng", "deu", "genealogy"), value("rus", "eng", "genealogy")],
    [1, 2],
  );
  assert.deepEqual(
    [value("eng", "deu", "scriptOverlap"), value("rus", "eng", "scriptOverlap")],
    [1, 0],
  );
  assert.deepEqual([value("eng", "deu", "sourceSize"), value("eng", "deu", "sizeRatio")], [16, 1]);
  const { instance: ranked, lines: told } = await shop.run("source.ranking", { resamples: 100 }, {
    features: [features],
    transfer: [
      await transferOf(shop, [
        ["eng", "deu", 60],
        ["rus", "deu", 20],
        ["deu", "deu", 90],
        ["all", "deu", 95],
        ["eng", "rus", 10],
        ["deu", "rus", 30],
        ["deu", "eng", 50],
      ]),
    ],
  });
  assert.deepEqual(told.slice(0, 2), [
    "without features, and left out: all to deu",
    "encoder on eng: left out, as fewer than two sources can be ranked",
  ]);
  const ranking = await readTable(sourceRankingTable, ranked.files["source_ranking.parquet"]);
  const genealogy = ranking.filter(({ feature }) => feature === "genealogy");
  assert.deepEqual(
    genealogy.map(({ target, targets, picked, spearman, bestScore, cost }) => [
      ...[target, targets, picked, spearman, bestScore, cost],
    ]),
    [
      ["deu", 1, ["eng"], 1, 60, 0],
      ["rus", 1, ["deu", "eng"], null, 30, 10],
      [null, 2, [], 1, 45, 5],
    ],
  );
  assert.deepEqual([...new Set(ranking.map(({ target }) => target))], ["deu", "rus", null]);
});

Deno.test("a target's own language is no source, by whatever code", async () => {
  await using shop = await Workshop.open();
  const path = `${shop.folder}/features.parquet`;
  const row = { sourceCorpus: "a", targetCorpus: "b", target: "swa", feature: "genealogy" };
  await writeTable(sourceFeaturesTable, path, [
    { ...row, source: "sw", value: 0 },
    { ...row, source: "zul", value: 1 },
    { ...row, source: "xx", value: null },
  ]);
  const features = { instance: "f", axes: {}, files: { "source_features.parquet": path } };
  const transfer = await transferOf(shop, [["sw", "swa", 90], ["zul", "swa", 40], [
    "xx",
    "swa",
    30,
  ]]);
  const { instance } = await shop.run("source.ranking", {}, {
    features: [features],
    transfer: [transfer],
  });
  const rows = await readTable(sourceRankingTable, instance.files["source_ranking.parquet"]);
  const [genealogy] = rows;
  assert.deepEqual([genealogy.sources, genealogy.best, genealogy.picked], [1, ["zul"], ["zul"]]);
  await assert.rejects(
    shop.run("source.ranking", {}, { features: [features], transfer: [transfer, transfer] }),
    refuses(/^Cannot tell two scores of encoder from zul on swa apart$/),
  );
  await assert.rejects(
    shop.run("source.ranking", {}, { features: [features, features], transfer: [transfer] }),
    refuses(/^Cannot tell features of sw for swa apart: they are from a to b and from a to b$/),
  );
  await assert.rejects(
    shop.run("source.ranking", {}, {
      features: [features],
      transfer: [await transferOf(shop, [["zul", "swa", 40], ["zul", "xho", 40]])],
    }),
    refuses(/^Cannot rank sources: no target has two of them with features and a score$/),
  );
});

Deno.test("source features refuse mixtures, corpora that come twice, and nothing to compare", async () => {
  await using shop = await Workshop.open();
  const [eng, swa] = [await shop.tokens("eng"), await shop.tokens("swa")];
  const { instance: mixed } = await shop.run("mix", {}, { examples: [eng, swa] });
  const cases: [InputInstance[], InputInstance[], RegExp][] = [
    [[mixed], [eng], /^Cannot take mix for a source: it mixes eng \(sample\) with swa \(sample\)$/],
    [
      [swa],
      [eng, eng],
      /^Cannot take ner.tokenize for a target: ner.tokenize is of eng \(sample\), too$/,
    ],
    [[eng], [eng], /^Cannot compare sources with targets: the only source is the target itself$/],
  ];
  for (const [sources, targets, message] of cases) {
    await assert.rejects(shop.run("source.features", {}, { sources, targets }), refuses(message));
  }
  const empty = await shop.tokens("deu", {}, { train: 0, validation: 1, test: 8 });
  await assert.rejects(
    shop.run("source.features", {}, { sources: [swa], targets: [empty] }),
    refuses(/^Cannot take ner.tokenize for a target: its train split has no sentences$/),
  );
  const { instance } = await shop.run("source.features", { targetSplit: "test" }, {
    sources: [swa],
    targets: [empty],
  });
  const rows = await readTable(sourceFeaturesTable, instance.files["source_features.parquet"]);
  assert.equal(rows.find(({ feature }) => feature === "targetSize")!.value, 8);
});

Deno.test("source ranking refuses to combine a feature twice, or one that ranks nothing", async () => {
  const { params } = await stages["source.ranking"].load();
  for (const combine of [["genealogy", "genealogy"], ["targetSize"], []]) {
    assert.ok(!params.safeParse({ combine }).success);
  }
  assert.ok(params.safeParse({ combine: ["genealogy", "ttrDistance"] }).success);
});
