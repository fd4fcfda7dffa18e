import { strict as assert } from "node:assert";
import { multisets } from "./multisets.ts";

const sizes: [number, number][] = [[1, 1], [2, 3], [3, 10], [5, 126], [6, 462], [7, 1716]];
for (const [size, count] of sizes) {
  Deno.test(`multisets: ${count} of ${size}, whose ways are all resamples`, () => {
    const all = multisets(size);
    assert.equal(all.count, count);
    assert.equal(all.ways.reduce((sum, each) => sum + each, 0), size ** size);
    const rows = Array.from(
      { length: count },
      (_, set) => all.multiplicities.slice(set * size, (set + 1) * size),
    );
    assert.ok(rows.every((row) => row.reduce((sum, each) => sum + each, 0) === size));
    assert.equal(new Set(rows.map((row) => row.join())).size, count);
  });
}

Deno.test("multisets: none of no things, nor of too many", () => {
  for (const size of [0, 8, 2.5, NaN]) {
    assert.throws(() => multisets(size), {
      name: "RangeError",
      message: `Cannot enumerate resamples of ${size}: it must be 1 to 7`,
    });
  }
});
