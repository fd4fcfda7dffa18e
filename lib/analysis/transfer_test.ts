import { strict as assert } from "node:assert";
import type { ScoreRow } from "../table/schemas/scores.ts";
import { CounterRandom } from "../core/random.ts";
import { transferMatrix } from "./transfer.ts";

function score(source: string, target: string, seed: number | null, f1: number): ScoreRow {
  return {
    model: seed === null ? "memorizer" : "encoder",
    source,
    target,
    seed,
    mode: "default",
    type: "micro",
    precision: 0,
    recall: 0,
    f1,
    support: 1,
    predicted: 1,
    correct: 1,
    lostWords: 0,
  };
}

Deno.test("mean, sample deviation over seeds, and gap to the target's own model", () => {
  const rows = transferMatrix([
    score("swa", "swa", 1, 80),
    score("swa", "swa", 2, 84),
    score("deu", "swa", 1, 50),
    score("deu", "swa", 2, 53),
    { ...score("deu", "swa", 3, 0), mode: "strict" },
    { ...score("deu", "swa", 3, 0), type: "PER" },
    score("deu", "rus", 1, 20),
    score("swa", "swa", null, 60),
  ]);
  assert.deepEqual(rows, [
    {
      model: "encoder",
      source: "swa",
      target: "swa",
      seeds: 2,
      f1: 82,
      f1Std: Math.sqrt(8),
      gap: 0,
    },
    {
      model: "encoder",
      source: "deu",
      target: "swa",
      seeds: 2,
      f1: 51.5,
      f1Std: Math.sqrt(4.5),
      gap: -30.5,
    },
    { model: "encoder", source: "deu", target: "rus", seeds: 1, f1: 20, f1Std: null, gap: null },
    { model: "memorizer", source: "swa", target: "swa", seeds: 1, f1: 60, f1Std: null, gap: 0 },
  ]);
});

Deno.test("no scores give no rows", () => assert.deepEqual(transferMatrix([]), []));

Deno.test("no order of seeds, sources or targets changes a bit of a mean or a deviation", () => {
  const random = new CounterRandom("orders of scores");
  const names = ["amh", "deu", "constructor", "__proto__", 'a"|"b'];
  for (let round = 0; round < 100; round++) {
    const seeds = Array.from({ length: 2 + random.integer(9) }, (_, i) => i % 7 + 4_294_967_280);
    const scores = names.flatMap((source) =>
      names.flatMap((target) =>
        seeds.map((seed) => score(source, target, seed, 100 * random.uniform()))
      )
    );
    const sorted = (rows: readonly ScoreRow[]) =>
      transferMatrix(rows).sort((a, b) =>
        `${a.source} ${a.target}` < `${b.source} ${b.target}` ? -1 : 1
      );
    assert.deepEqual(sorted(random.shuffle(scores)), sorted(scores));
    assert.equal(sorted(scores).length, names.length ** 2);
    // The order of the rows is that of sources and targets alone.
    const otherSeeds = scores.toSorted((a, b) => b.seed! - a.seed!);
    const pairs = (rows: readonly ScoreRow[]) =>
      transferMatrix(rows).map(({ source, target }) => [source, target]);
    assert.deepEqual(pairs(otherSeeds), pairs(scores));
  }
});
