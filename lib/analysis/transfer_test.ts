import { strict as assert } from "node:assert";
import { CounterRandom } from "../core/random.ts";
import { transferMatrix, type TransferScore } from "./transfer.ts";

const compared = { metric: "f1", of: "micro" };

function score(source: string, target: string, seed: number | null, value: number): TransferScore {
  return { model: seed === null ? "memorizer" : "encoder", source, target, seed, value };
}

Deno.test("mean, sample deviation over seeds, and gap to the target's own model", () => {
  const rows = transferMatrix([
    score("swa", "swa", 1, 80),
    score("swa", "swa", 2, 84),
    score("deu", "swa", 1, 50),
    score("deu", "swa", 2, 53),
    score("deu", "rus", 1, 20),
    score("swa", "swa", null, 60),
  ], compared);
  const [encoder, memorizer] = ["encoder", "memorizer"].map((model) => ({ model, ...compared }));
  assert.deepEqual(rows, [
    { ...encoder, source: "swa", target: "swa", seeds: 2, mean: 82, std: Math.sqrt(8), gap: 0 },
    {
      ...encoder,
      source: "deu",
      target: "swa",
      seeds: 2,
      mean: 51.5,
      std: Math.sqrt(4.5),
      gap: -30.5,
    },
    { ...encoder, source: "deu", target: "rus", seeds: 1, mean: 20, std: null, gap: null },
    { ...memorizer, source: "swa", target: "swa", seeds: 1, mean: 60, std: null, gap: 0 },
  ]);
});

Deno.test("no scores give no rows", () => assert.deepEqual(transferMatrix([], compared), []));

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
    const sorted = (rows: readonly TransferScore[]) =>
      transferMatrix(rows, compared).sort((a, b) =>
        `${a.source} ${a.target}` < `${b.source} ${b.target}` ? -1 : 1
      );
    assert.deepEqual(sorted(random.shuffle(scores)), sorted(scores));
    assert.equal(sorted(scores).length, names.length ** 2);
    // The order of the rows is that of sources and targets alone.
    const otherSeeds = scores.toSorted((a, b) => Number(b.seed) - Number(a.seed));
    const pairs = (rows: readonly TransferScore[]) =>
      transferMatrix(rows, compared).map(({ source, target }) => [source, target]);
    assert.deepEqual(pairs(otherSeeds), pairs(scores));
  }
});
