import { strict as assert } from "node:assert";
import {
  apportion,
  portionProblems,
  portionsOf,
  type Proportions,
  shareProblems,
  temperatureShares,
} from "./mixture_shares.ts";

/** Training sentences of MasakhaNER 1.0: amh hau ibo kin lug luo pcm swa wol yor. */
const masakhaner = [1750, 1912, 2235, 2116, 1428, 644, 2124, 2109, 1871, 2171];

/** The formula as it is published, step by step. */
function published(sizes: readonly number[], alpha: number): number[] {
  const all = sizes.reduce((sum, n) => sum + n, 0);
  const p = sizes.map((n) => n / all);
  const powers = p.map((each) => Math.pow(each, alpha));
  const sum = powers.reduce((sum, each) => sum + each, 0);
  return powers.map((each) => each / sum);
}

Deno.test("shares by temperature are those of the published formula", () => {
  for (const sizes of [masakhaner, [1], [1, 1_000_000], [7, 7, 7]]) {
    for (const alpha of [0, 0.2, 0.3, 0.5, 0.7, 1]) {
      const shares = temperatureShares(sizes, alpha);
      published(sizes, alpha).forEach((q, i) =>
        assert.ok(Math.abs(shares[i] - q) < 1e-14, `${sizes} ${alpha}: ${shares[i]}, not ${q}`)
      );
    }
  }
  assert.deepEqual(temperatureShares([5, 50], 0), [0.5, 0.5]);
  assert.deepEqual(
    temperatureShares(masakhaner, 0.3).map((share) => share.toFixed(8)),
    [
      "0.09952353",
      "0.10220232",
      "0.10710201",
      "0.10535838",
      "0.09363384",
      "0.07373609",
      "0.10547772",
      "0.10525369",
      "0.10153985",
      "0.10617257",
    ],
  );
});

Deno.test("whole numbers are less than 1 from the shares, and sum to the size", () => {
  const cases: [shares: number[], size: number, counts: number[]][] = [
    [[0.8, 0.2], 1000, [800, 200]],
    [[0.8, 0.2], 7, [6, 1]],
    [[0.29, 0.71], 100, [29, 71]],
    [[1 / 3, 1 / 3, 1 / 3], 100, [34, 33, 33]],
    [[0.5, 0.5], 1, [1, 0]],
    [[0, 1], 5, [0, 5]],
    [Array<number>(10).fill(0.1), 1005, [101, 101, 101, 101, 101, 100, 100, 100, 100, 100]],
  ];
  for (const [shares, size, counts] of cases) assert.deepEqual(apportion(shares, size), counts);
  for (let size = 1; size < 400; size++) {
    const shares = temperatureShares(masakhaner, size % 11 / 10);
    const counts = apportion(shares, size);
    assert.equal(counts.reduce((sum, count) => sum + count, 0), size);
    counts.forEach((count, i) => assert.ok(Math.abs(count - shares[i] * size) < 1));
  }
});

const sizes = new Map([["en", 20_000], ["sw", 2_000], ["yo", 500]]);

Deno.test("the part of each language", () => {
  const cases: [Proportions, number[]][] = [
    [{}, [20_000, 2_000, 500]],
    [{ size: 225 }, [200, 20, 5]],
    [{ alpha: 1 }, [20_000, 2_000, 500]],
    [{ temperature: 1 }, [20_000, 2_000, 500]],
    [{ alpha: 0 }, [7_500, 7_500, 7_500]],
    [{ alpha: 0, size: 10 }, [4, 3, 3]],
    [{ temperature: 2, size: 1000 }, published([20_000, 2_000, 500], 0.5).map((q) => 1000 * q)],
    [{ cap: 1000 }, [1_000, 1_000, 500]],
    [{ cap: 1000, alpha: 0 }, [834, 833, 833]],
    [{ cap: 1000, alpha: 0.5 }, published([1_000, 1_000, 500], 0.5).map((q) => 2500 * q)],
    [{ shares: { en: 0.8, sw: 0.2, yo: 0 } }, [17_600, 4_400, 0]],
    [{ shares: { yo: 0.5, sw: 0.3, en: 0.2 }, size: 10 }, [2, 3, 5]],
  ];
  for (const [proportions, counts] of cases) {
    const portions = portionsOf(sizes, proportions);
    assert.deepEqual(portions.map(({ language }) => language), ["en", "sw", "yo"]);
    portions.forEach(({ count }, i) =>
      assert.ok(Math.abs(count - counts[i]) < 1, `${JSON.stringify(proportions)}: ${count}`)
    );
    assert.deepEqual(portionProblems(portions, proportions), []);
  }
});

Deno.test("no language is read more often than the cap, nor silently never", () => {
  const problems = (proportions: Proportions) =>
    portionProblems(portionsOf(sizes, proportions), proportions);
  assert.deepEqual(problems({ alpha: 1, cap: 1000, size: 5000 }), [
    {
      message: "Cannot take 2000 sentences of en in an epoch of 5000: the cap is 1000",
      hint: "make size at most 2500, or the cap larger",
    },
    {
      message: "Cannot take 2000 sentences of sw in an epoch of 5000: the cap is 1000",
      hint: "make size at most 2500, or the cap larger",
    },
  ]);
  assert.deepEqual(problems({ alpha: 1, cap: 1000, size: 2500 }), []);
  assert.deepEqual(problems({ alpha: 1, size: 10 }), [
    {
      message: "Cannot read yo: its share of an epoch of 10 is 0.22 sentences",
      hint: "make size larger, or its share",
    },
  ]);
});

Deno.test("shares and languages name each other", () => {
  assert.deepEqual(shareProblems(undefined, ["en"]), []);
  assert.deepEqual(shareProblems({ en: 0.8, swa: 0.2 }, ["en", "swa"]), []);
  assert.deepEqual(shareProblems({ en: 0.8, sw: 0.2 }, ["en", "swa"]), [
    {
      message: 'Cannot give "sw" a share: no input has that language',
      hint: 'did you mean "swa"?',
      param: ["shares", "sw"],
    },
    {
      message: 'Cannot mix "swa" without a share',
      hint: "name every language of the inputs in shares; 0 leaves one out",
      param: ["shares"],
    },
  ]);
  assert.equal(shareProblems({ constructor: 1 }, ["en"]).length, 2);
  assert.equal(shareProblems({ en: 1 }, ["en", "constructor"]).length, 1);
});
