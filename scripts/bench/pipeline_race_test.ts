import { strict as assert } from "node:assert";
import { parseReport } from "./pipeline_process.ts";
import { growthSection, type Lap, race, raceSection } from "./pipeline_race.ts";

const mib = 2 ** 20;

function lap(name: string, ...wallMs: number[]): Lap {
  return {
    name,
    costs: wallMs.map((ms) => ({ wallMs: ms, processorMs: 2 * ms, peakBytes: 50 * mib })),
  };
}

Deno.test("GNU time's report: user and system seconds are summed, memory is in KiB", () => {
  assert.deepEqual(parseReport("0.45 0.06 128068"), { processorMs: 510, peakBytes: 131_141_632 });
});

Deno.test("ratios compare within rounds, also for a side that ran in fewer", () => {
  const { rows } = raceSection("idle", [lap("ours", 100, 200, 400), lap("slow", 1_000, 6_000)], []);
  assert.deepEqual(rows, [
    ["ours", "1.00", "200", "100 … 400", "400", "50"],
    ["slow", "20.00", "3500", "1000 … 6000", "7000", "50"],
  ]);
});

Deno.test("a side that ran more often than ours is compared in our rounds", () => {
  const { rows } = raceSection("cold", [lap("ours", 100, 200), lap("quick", 10, 40, 90)], []);
  assert.deepEqual(rows[1].slice(0, 3), ["quick", "0.15", "40"]);
});

Deno.test("growth is against the row above", () => {
  const { rows } = growthSection("growth", [
    { ...lap("ours", 200), instances: 1_000 },
    { ...lap("ours", 600), instances: 10_000 },
  ]);
  assert.deepEqual(rows, [
    ["1000", "", "", "200", "400", "50"],
    ["10000", "3.0", "3.0", "600", "1200", "50"],
  ]);
});

Deno.test("sides take turns in another order each round, and a wrong output is refused", async () => {
  const order: string[] = [];
  const echo = (name: string, isRight = () => true) => ({
    name,
    command: { program: "/bin/echo", args: [name], folder: "/" },
    before: () => Promise.resolve(void order.push(name)),
    isRight,
  });
  const laps = await race([echo("a"), echo("b")], 2, () => {});
  assert.deepEqual(order, ["a", "b", "b", "a"]);
  assert.deepEqual(laps.map(({ costs }) => costs.length), [2, 2]);
  await assert.rejects(
    race([echo("c", () => false)], 1, () => {}),
    /Cannot use this run of c: it printed c/,
  );
});
