import { strict as assert } from "node:assert";
import { CounterRandom } from "../core/random.ts";
import { UnigramLattice } from "./unigram_lattice.ts";
import { trainUnigram } from "./unigram_trainer.ts";

const pieces = ["a", "b", "c", "ab", "bc", "abc", "ca"];
const scores = Float64Array.from([0.2, 0.15, 0.1, 0.2, 0.15, 0.05, 0.15], Math.log);
const lattice = new UnigramLattice(pieces.map((piece) => [...piece]), scores);

/** Every cut of a string with its log-probability, by brute force. */
function cuts(text: string): { cut: number[]; score: number }[] {
  if (text === "") return [{ cut: [], score: 0 }];
  return pieces.flatMap((piece, i) =>
    text.startsWith(piece)
      ? cuts(text.slice(piece.length)).map(({ cut, score }) => ({
        cut: [i, ...cut],
        score: scores[i] + score,
      }))
      : []
  );
}

Deno.test("best cut and expected uses are those of all cuts, one by one", () => {
  const random = new CounterRandom("lattice", 1);
  for (let trial = 0; trial < 40; trial++) {
    const text = Array.from({ length: 1 + trial % 8 }, () => random.pick(["a", "b", "c"])).join("");
    const all = cuts(text);
    const best = Math.max(...all.map(({ score }) => score));
    const found = lattice.best([...text])!;
    assert.equal(found.map((i) => pieces[i]).join(""), text);
    assert.ok(Math.abs(found.reduce((sum, i) => sum + scores[i], 0) - best) < 1e-12);
    const total = all.reduce((sum, { score }) => sum + Math.exp(score), 0);
    const expected = pieces.map((_, i) =>
      3 * all.reduce(
        (sum, { cut, score }) => sum + cut.filter((k) => k === i).length * Math.exp(score) / total,
        0,
      )
    );
    const got = new Float64Array(pieces.length);
    const logProbability = lattice.addExpected([...text], 3, got);
    assert.ok(Math.abs(logProbability - Math.log(total)) < 1e-12);
    expected.forEach((value, i) => assert.ok(Math.abs(value - got[i]) < 1e-12));
  }
  assert.equal(lattice.best([..."axb"]), undefined);
  assert.deepEqual(lattice.best([..."abc"], 5)?.includes(5), false);
});

Deno.test("the pieces are the parts that the words are made of", () => {
  const stems = ["kimbia", "somo", "andiku", "chezi", "pike", "limz", "uliz", "tembel"];
  const endings = ["ni", "tu", "wa", "sha", "fu", "dhi", "po", "ge"];
  const counts = new Map(
    stems.flatMap((stem) => endings.map((ending): [string, number] => [`▁${stem}${ending}`, 1])),
  );
  const characters = new Set([...counts.keys()].join("")).size;
  const size = characters + stems.length + endings.length;
  const learnt = trainUnigram(counts, { size });
  assert.ok(learnt.length <= size);
  const found = learnt.map(([piece]) => piece);
  for (const stem of stems) assert.ok(found.includes(`▁${stem}`), `${stem} in ${found}`);
  for (const ending of endings) assert.ok(found.includes(ending), `${ending} in ${found}`);
  assert.ok(learnt.every(([, score], i) => score < 0 && (i === 0 || score <= learnt[i - 1][1])));
});

Deno.test("characters beyond the coverage get no piece", () => {
  const counts = new Map([["▁aaaa", 1000], ["▁b", 1]]);
  const found = (characterCoverage: number) =>
    trainUnigram(counts, { size: 10, characterCoverage }).some(([piece]) => piece.includes("b"));
  assert.deepEqual([found(0.999), found(1)], [false, true]);
});
