import { strict as assert } from "node:assert";
import { conditionHolds, isCondition } from "./condition.ts";

const effect = { effect: 1, low: -0.5, high: 2 };

for (
  const [condition, holds] of [
    ["low > 0", false],
    ["high < 0", false],
    ["effect > 0", true],
    ["low>-1 and high<3", true],
    ["low > -1 AND high < 2", false],
    ["high <= 2", true],
    ["low >= -.5", true],
    ["effect > 0 and effect < .5", false],
    ["high < -1 or low > 1", false],
    ["high < -1 or low > -1", true],
    ["low > 5 and high > 0 or high > 1", true],
    ["low > 5 or high > 1 and low > 0", false],
  ] as const
) {
  Deno.test(`condition: ${condition}`, () => {
    assert.ok(isCondition(condition));
    assert.equal(conditionHolds(condition, effect), holds);
  });
}

Deno.test("condition: other texts are none", () => {
  for (
    const text of [
      "",
      "low",
      "low > high",
      "low = 0",
      "mean > 0",
      "low > 0 or",
      "low > 0 and",
    ]
  ) {
    assert.equal(isCondition(text), false, text);
  }
});
