import { strict as assert } from "node:assert";
import { packRows } from "./row_packing.ts";

Deno.test("short sentences share the rows that long ones leave room in", () => {
  assert.deepEqual(packRows([2, 8, 3, 5, 1]), {
    B: 3,
    T: 8,
    places: [
      { row: 2, offset: 0 },
      { row: 0, offset: 0 },
      { row: 1, offset: 5 },
      { row: 1, offset: 0 },
      { row: 2, offset: 2 },
    ],
  });
});

Deno.test("sentences of one length keep a row each, in their order", () => {
  const { B, T, places } = packRows([4, 4, 4]);
  assert.deepEqual([B, T], [3, 4]);
  assert.deepEqual(places, [0, 1, 2].map((row) => ({ row, offset: 0 })));
});
