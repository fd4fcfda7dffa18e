import { strict as assert } from "node:assert";
import { Slots } from "./slots.ts";

Deno.test("no more than the given number happen at once, in their order, whatever fails", async () => {
  const slots = new Slots(3);
  let now = 0, most = 0;
  const started: number[] = [];
  const act = async (i: number): Promise<number> => {
    started.push(i);
    most = Math.max(most, ++now);
    for (let turn = 0; turn < (i * 7) % 5; turn++) await Promise.resolve();
    now--;
    if (i % 4 === 0) throw new Error(`no ${i}`);
    return i;
  };
  const numbers = Array.from({ length: 40 }, (_, i) => i);
  const outcomes = await Promise.allSettled(numbers.map((i) => slots.use(() => act(i))));
  assert.equal(most, 3);
  assert.deepEqual(started, numbers);
  assert.deepEqual(
    outcomes.map((each) => each.status === "fulfilled" ? each.value : String(each.reason)),
    numbers.map((i) => i % 4 === 0 ? `Error: no ${i}` : i),
  );
  assert.equal(await slots.use(() => Promise.resolve("free again")), "free again");
});
