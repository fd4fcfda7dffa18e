import { strict as assert } from "node:assert";
import { bitsAt, hashKey } from "../core/random.ts";
import { DropoutMasks } from "./dropout_masks.ts";

Deno.test("a mask is replayed from (seed, step, site), whatever was drawn before", async () => {
  const rate = 26 / 256;
  const first = new DropoutMasks(5);
  const mask = (await first.draw("a", 3, 1000, rate)).slice();
  const second = new DropoutMasks(5);
  await second.draw("a", 2, 4000, rate);
  await second.draw("b", 3, 70, rate);
  assert.deepEqual((await second.draw("a", 3, 1000, rate)).slice(), mask);
  for (
    const other of [
      await first.draw("a", 4, 1000, rate),
      await first.draw("b", 3, 1000, rate),
      await new DropoutMasks(6).draw("a", 3, 1000, rate),
    ]
  ) assert.notDeepEqual(other.slice(), mask);
});

Deno.test("masks are bytes of the counter-based generator", async () => {
  const count = 103;
  const mask = await new DropoutMasks(9).draw("site", 7, count, 77 / 256);
  const key = hashKey("dropout", 9, "site", 7);
  for (let i = 0; i < count; i++) {
    const byte = (bitsAt(key, i >>> 2) >>> (8 * (i & 3))) & 255;
    assert.equal(mask[i], byte >= 77 ? 1 : 0, `element ${i}`);
  }
});

Deno.test("the kept share, and its correlation between neighbours, steps and sites, fit chance", async () => {
  const count = 1 << 18;
  for (const rate of [26 / 256, 0.5]) {
    const draw = async (site: string, step: number) =>
      (await new DropoutMasks(1).draw(site, step, count, rate)).slice();
    const mask = await draw("layer.0", 0);
    const variance = rate * (1 - rate);
    const mean = mask.reduce((sum, bit) => sum + bit, 0) / count;
    const z = (mean - (1 - rate)) / Math.sqrt(variance / count);
    assert.ok(Math.abs(z) < 4, `mean: z = ${z}`);
    const correlation = (a: Uint8Array, b: Uint8Array, lag: number) => {
      let sum = 0;
      for (let i = 0; i + lag < count; i++) sum += (a[i] - 1 + rate) * (b[i + lag] - 1 + rate);
      return sum / variance / Math.sqrt(count - lag);
    };
    const next = await draw("layer.0", 1), other = await draw("layer.1", 0);
    for (const lag of [1, 2, 3, 4, 8, 64, 128, 1024]) {
      const zLag = correlation(mask, mask, lag);
      assert.ok(Math.abs(zLag) < 4.5, `lag ${lag}: z = ${zLag}`);
    }
    assert.ok(Math.abs(correlation(mask, next, 0)) < 4.5, "steps");
    assert.ok(Math.abs(correlation(mask, other, 0)) < 4.5, "sites");
  }
});

Deno.test("a rate that a byte cannot decide is refused", async () => {
  for (const rate of [-0.5, 1, 0.1, NaN]) {
    await assert.rejects(new DropoutMasks(1).draw("site", 0, 16, rate), /Cannot drop a share/);
  }
});
