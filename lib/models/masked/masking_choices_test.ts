import { strict as assert } from "node:assert";
import { askNothing } from "../../tasks/asking.ts";
import { ByteTokenizer } from "../../tokenizers/byte_tokenizer.ts";
import { type Masking, maskPieces } from "./masking.ts";

const tokenizer = new ByteTokenizer();
const words = "the lake lies between two hills and a road".split(" ");
const example = askNothing(tokenizer, words, 512);
const own = example.wordIds.filter((word) => word >= 0).length;
const rounds = 4000;

function draw(options: Partial<Masking>, ...key: number[]) {
  return maskPieces(example, { ...tokenizer, ...options }, ...key);
}

Deno.test("what says nothing of masking masks as it did before there was a choice", () => {
  const standard = { masking: "fixed", maskedShare: 0.15, wholeWords: false } as const;
  for (let place = 0; place < 20; place++) {
    assert.deepEqual(draw(standard, 1, 2, place), draw({}, 1, 2, place));
  }
  const { inputIds, asked, gold } = maskPieces(example, tokenizer, 42, 3, 7);
  // Recorded before there was one.
  assert.deepEqual(asked, [5, 24, 28, 40, 42]);
  assert.deepEqual(asked.map((i) => inputIds[i]), [203, 220, 260, 115, 260]);
  assert.deepEqual(gold, asked.map((i) => example.inputIds[i]));
});

for (
  const [options, expected] of [
    [{ masking: "bernoulli" }, 0.15],
    [{ masking: "bernoulli", maskedShare: 0.4 }, 0.4],
    [{ masking: "bernoulli", wholeWords: true }, 0.15],
    [{ masking: "fixed", wholeWords: true }, 1 / 9],
    [{ masking: "fixed", maskedShare: 0.5 }, Math.round(0.5 * own) / own],
  ] as [Partial<Masking>, number][]
) {
  Deno.test(`${JSON.stringify(options)} asks for its share, of which 80, 10 and 10 %`, () => {
    let asked = 0, squares = 0, hidden = 0, replaced = 0;
    for (let place = 0; place < rounds; place++) {
      const masked = draw(options, 1, 0, place);
      asked += masked.asked.length;
      squares += masked.asked.length ** 2;
      masked.asked.forEach((i, k) => {
        if (masked.inputIds[i] === tokenizer.maskId) hidden++;
        else if (masked.inputIds[i] !== masked.gold[k]) replaced++;
      });
      for (const [i, id] of example.inputIds.entries()) {
        if (!masked.asked.includes(i)) assert.equal(masked.inputIds[i], id);
      }
    }
    const mean = asked / rounds;
    const error = Math.sqrt(Math.max(0, squares / rounds - mean ** 2) / rounds) / own;
    assert.ok(Math.abs(mean / own - expected) <= 4 * error + 1e-12, `${mean / own} ± ${error}`);
    const four = (share: number) => 4 * Math.sqrt(share * (1 - share) / asked);
    assert.ok(Math.abs(hidden / asked - 0.8) < four(0.8), `${hidden} of ${asked}`);
    // One of 261 random pieces is the one that was there.
    assert.ok(Math.abs(replaced / asked - 0.1 * 260 / 261) < four(0.1), `${replaced} of ${asked}`);
  });
}

Deno.test("with bernoulli each piece is drawn by itself", () => {
  const times = example.inputIds.map(() => 0);
  let pairs = 0, none = 0;
  const [a, b] = example.wordIds.flatMap((word, i) => word >= 0 ? [i] : []);
  for (let place = 0; place < rounds; place++) {
    const { asked } = draw({ masking: "bernoulli" }, 1, 0, place);
    for (const i of asked) times[i]++;
    if (asked.includes(a) && asked.includes(b)) pairs++;
    if (asked.length === 0) none++;
  }
  const near = (count: number, share: number) =>
    Math.abs(count / rounds - share) < 4.5 * Math.sqrt(share * (1 - share) / rounds);
  times.forEach((count, i) => {
    if (example.wordIds[i] < 0) assert.equal(count, 0, `piece ${i} is special`);
    else assert.ok(near(count, 0.15), `piece ${i} ${count} times`);
  });
  assert.ok(near(pairs, 0.15 ** 2), `${pairs} pairs`);
  assert.ok(none / rounds < 0.01 && near(none, 0.85 ** own), `${none} times none`);
});

Deno.test("with bernoulli a short sentence mostly has nothing to guess", () => {
  const short = askNothing(tokenizer, ["a"], 16);
  let none = 0;
  for (let place = 0; place < rounds; place++) {
    const masked = maskPieces(short, { ...tokenizer, masking: "bernoulli" }, 1, 0, place);
    if (masked.asked.length > 0) continue;
    none++;
    assert.deepEqual(masked.inputIds, short.inputIds);
  }
  assert.ok(Math.abs(none / rounds - 0.85) < 0.025, `${none}`);
});

for (const masking of ["fixed", "bernoulli"] as const) {
  Deno.test(`${masking}: whole words are asked, or nothing of them`, () => {
    const seen = new Set<number>();
    for (let place = 0; place < 500; place++) {
      const { asked, gold } = draw({ masking, wholeWords: true }, 1, 0, place);
      assert.deepEqual(asked, asked.toSorted((a, b) => a - b));
      assert.deepEqual(gold, asked.map((i) => example.inputIds[i]));
      for (const [w] of words.entries()) {
        const pieces = example.wordIds.flatMap((word, i) => word === w ? [i] : []);
        const count = pieces.filter((i) => asked.includes(i)).length;
        assert.ok(count === 0 || count === pieces.length, `${count} pieces of ${words[w]}`);
        if (count > 0) seen.add(w);
      }
      if (masking === "fixed") {
        assert.equal(new Set(asked.map((i) => example.wordIds[i])).size, 1);
      }
    }
    assert.equal(seen.size, words.length);
  });

  Deno.test(`${masking}: choices depend on seed, epoch and place, and on nothing else`, () => {
    for (const wholeWords of [false, true]) {
      const options = { masking, wholeWords, maskedShare: 0.5 };
      const first = draw(options, 1, 0, 0);
      assert.deepEqual(draw(options, 1, 0, 0), first);
      for (const key of [[2, 0, 0], [1, 1, 0], [1, 0, 1]]) {
        assert.notDeepEqual(draw(options, ...key), first);
      }
    }
  });
}

Deno.test("all pieces can be asked, and a sentence without pieces asks for none", () => {
  for (const masking of ["fixed", "bernoulli"] as const) {
    for (const wholeWords of [false, true]) {
      const all = { masking, wholeWords, maskedShare: 1 };
      assert.equal(draw(all, 1).asked.length, own);
      const empty = askNothing(tokenizer, [], 16);
      assert.deepEqual(maskPieces(empty, { ...tokenizer, ...all }, 1).asked, []);
    }
  }
});
