import { strict as assert } from "node:assert";
import { assembleBatch, packSentences } from "../text/batching.ts";
import { addEmbeddingRows } from "./embedding_rows.ts";

Deno.test("rows are added up where an id repeats, and what was there before is gone", () => {
  const encoded = packSentences([
    { inputIds: [0, 2, 2], labels: [0, 0, 0] },
    { inputIds: [2, 3, 0], labels: [0, 0, 0] },
  ]);
  const batch = assembleBatch(encoded, [0, 1], { padId: 1, firstPosition: 2 });
  // [T, B, D]: token t of sentence b has the gradient (10·t + b, 1).
  const rows = Float32Array.from([0, 1, 2].flatMap((t) => [0, 1].flatMap((b) => [10 * t + b, 1])));
  const gradient = new Float32Array(8).fill(99);
  addEmbeddingRows(rows, batch, batch.inputIds, gradient);
  assert.deepEqual([...gradient], [0 + 21, 2, 0, 0, 10 + 20 + 1, 3, 11, 1]);
});
