import { strict as assert } from "node:assert";
import { existsSync, readFileSync } from "node:fs";
import { interquartileMean, probabilityOfImprovement } from "./iqm.ts";
import { assertClose } from "./testdata/toy_counts.ts";
import reference from "../../tests/fixtures/statistics/trimmed.json" with { type: "json" };

// rliable's own test, task by task.
const x = [[1, 2, 1, 2], [2, 2, 1, 1]], y = [[1, 2, 3], [1, 2, 3]];

Deno.test("iqm: rliable's answers", () => {
  assert.equal(interquartileMean(x), 1.5);
  assert.equal(interquartileMean(y), 2);
  assertClose(probabilityOfImprovement(x, y), 1 / 3, 1e-12);
  assertClose(probabilityOfImprovement(y, x), 2 / 3, 1e-12);
});

Deno.test("iqm: scipy's trimmed means of languages with different seeds", () => {
  for (const { scores, mean } of reference.cases) {
    assertClose(interquartileMean(scores), mean, reference.tolerance);
  }
});

Deno.test("iqm: few scores, identical systems, NaN", () => {
  assert.equal(interquartileMean([[1], [2, 6]]), 3);
  assert.equal(interquartileMean([[1, 2, 3, 100]]), 2.5);
  assert.ok(Number.isNaN(interquartileMean([[1, 2], [NaN]])));
  assert.ok(Number.isNaN(interquartileMean([])));
  assert.equal(probabilityOfImprovement(x, x), .5);
  assert.ok(Number.isNaN(probabilityOfImprovement([[NaN]], [[1]])));
  assert.throws(() => probabilityOfImprovement(x, [[1]]), {
    message: "Cannot compare systems of 2 and 1 languages",
  });
});

const published = new URL("../../../shared/oracles/seeds/masakhaner2_f1.json", import.meta.url);
Deno.test({
  name: "iqm: encoders on MasakhaNER 2.0 (needs ../shared/oracles)",
  ignore: !existsSync(published),
  fn() {
    const scores = JSON.parse(readFileSync(published, "utf8"));
    const [xlmr, mbert] = [scores.xlmrbase, scores.mbert].map((languages) =>
      Object.keys(languages).sort().map((language) => languages[language].slice(0, 5))
    );
    assert.equal(xlmr.length, 19);
    assertClose(interquartileMean(xlmr), .852266705273, 1e-11);
    // scipy.stats.trim_mean of the same 95 scores
    assertClose(interquartileMean(mbert), .845021352325, 1e-11);
    assertClose(probabilityOfImprovement(xlmr, mbert), .76, 1e-9);
  },
});
