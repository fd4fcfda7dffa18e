import { strict as assert } from "node:assert";
import { learningRateAt, type ScheduleName } from "./schedule.ts";
import reference from "../../tests/fixtures/schedules/rates.json" with { type: "json" };

const { peak, totalSteps, tolerance } = reference;

for (const { schedule, warmupShare, rates } of reference.runs) {
  Deno.test(`${schedule}, ${warmupShare} of it warm-up: transformers ${reference.transformers}'s rates`, () => {
    rates.forEach((want, step) => {
      const got = learningRateAt(
        { schedule: schedule as ScheduleName, peak, warmupShare, totalSteps },
        step,
      );
      assert.ok(Math.abs(got - want) <= tolerance * peak, `step ${step}: got ${got}, want ${want}`);
    });
  });
}
