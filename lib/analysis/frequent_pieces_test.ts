import { strict as assert } from "node:assert";
import { FrequentPieces } from "./frequent_pieces.ts";

Deno.test("a piece is as likely as it is frequent, with one added to every count", () => {
  const pieces = new FrequentPieces([[3, 1, 3], [], [3, 2]], 10);
  assert.equal(pieces.likeliest, 3);
  for (const [id, p] of [[3, 4 / 15], [1, 2 / 15], [2, 2 / 15], [0, 1 / 15], [9, 1 / 15]]) {
    assert.ok(Math.abs(pieces.loss(id) + Math.log(p)) < 1e-12, `${id}`);
  }
  const sum = Array.from({ length: 10 }, (_, id) => Math.exp(-pieces.loss(id)))
    .reduce((a, b) => a + b);
  assert.ok(Math.abs(sum - 1) < 1e-12, `${sum}`);
});

Deno.test("of equally frequent pieces the one with the least id is guessed", () => {
  assert.equal(new FrequentPieces([[5, 4, 4, 5]], 8).likeliest, 4);
  assert.equal(new FrequentPieces([], 8).likeliest, 0);
  assert.equal(new FrequentPieces([], 8).loss(7), Math.log(8));
});
