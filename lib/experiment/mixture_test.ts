import { strict as assert } from "node:assert";
import type { ExampleRow } from "../table/schemas/examples.ts";
import { mixtureOf, type MixtureOptions } from "./mixture.ts";
import type { TrainInput } from "./mixture_corpora.ts";
import { corpus, format } from "./testdata/corpus_of_texts.ts";

function mixed(inputs: readonly TrainInput[], options: Partial<MixtureOptions> = {}) {
  const mixture = mixtureOf(inputs, format, { seed: 1, balanced: false, ...options });
  return { ...mixture, train: [...mixture.train].flat() };
}

const placeOf = ({ corpus, language, sentence }: ExampleRow) => `${corpus} ${language} ${sentence}`;

/** The places that each epoch reads, in order. */
function epochsOf(train: readonly ExampleRow[]): string[][] {
  const groups = Map.groupBy(train, ({ variant }) => variant);
  if (groups.size > 1) groups.delete(0);
  return [...groups.values()].map((rows) => rows.map(placeOf));
}

Deno.test("without params, every sentence of every language is read once", () => {
  const inputs = [corpus("swa", 30), corpus("eng", 50)];
  const { train, rows, languages } = mixed(inputs);
  assert.deepEqual(train, [...inputs[1].rows, ...inputs[0].rows]);
  assert.deepEqual([...languages], ["eng", "swa"]);
  assert.deepEqual(rows[0], {
    language: "eng",
    corpus: "news",
    sentences: 50,
    pool: 50,
    shareAsked: 50 / 80,
    share: 50 / 80,
    epochs: 1,
    drawn: 50,
    different: 50,
    seenLeast: 1,
    seenMean: 1,
    seenMost: 1,
  });
});

Deno.test("each language has a k of its own, and a factor makes all of them smaller", () => {
  const inputs = [corpus("swa", 60), corpus("eng", 90)];
  const k = { eng: 80, swa: 30, deu: 7 };
  const whole = mixed(inputs, { k });
  assert.deepEqual(whole.rows.map(({ pool }) => pool), [80, 30]);
  const part = mixed(inputs, { k, factor: 0.1 });
  assert.deepEqual(part.rows.map(({ pool }) => pool), [8, 3]);
  assert.ok(new Set(part.train.map(placeOf)).isSubsetOf(new Set(whole.train.map(placeOf))));
  assert.deepEqual(mixed(inputs, { k: 20, factor: 0.49 }), mixed(inputs, { k: 10 }));
  assert.throws(
    () => mixed(inputs, { k: { eng: 5 } }),
    /Cannot tell how many sentences of swa to take: k does not name it/,
  );
  assert.throws(
    () => mixed(inputs, { k: { eng: 91, swa: 1 } }),
    /Cannot take 91 sentences of eng \(news\): it has 90/,
  );
});

Deno.test("k sentences are among more, whatever the other languages and the inputs' order", () => {
  const all = [corpus("swa", 60), corpus("yor", 70), corpus("eng", 90)];
  const taken = (k: number, inputs: readonly TrainInput[], seed = 1, balanced = false) =>
    new Set(
      mixed(inputs, { k, seed, balanced }).train.filter(({ language }) => language === "swa")
        .map(placeOf),
    );
  for (const balanced of [false, true]) {
    for (let k = 1; k < 60; k++) {
      const few = taken(k, all, 1, balanced), more = taken(k + 1, all, 1, balanced);
      assert.equal(few.size, k);
      assert.ok(few.isSubsetOf(more));
      assert.deepEqual(taken(k, [all[0]], 1, balanced), few);
    }
  }
  assert.notDeepEqual(taken(20, all, 2), taken(20, all));
  const options = { k: 50, alpha: 0.3, size: 70, epochs: 3 };
  assert.deepEqual(mixed(all.toReversed(), options), mixed(all, options));
});

Deno.test("balanced classes are equal in number, in the pool and in every epoch", () => {
  const inputs = [corpus("swa", 100, { bad: 2 }), corpus("eng", 100, { bad: 7 })];
  const counts = (train: readonly ExampleRow[], language: string) =>
    [0, 1].map((c) => train.filter((row) => row.language === language && row.gold[0] === c).length);
  for (
    const [options, swa, eng] of [
      [{ k: 40 }, [20, 20], [20, 20]],
      [{ k: 7 }, [4, 3], [4, 3]],
      [{}, [20, 20], [30, 30]],
    ] as const
  ) {
    const { train, lines } = mixed(inputs, { ...options, balanced: true });
    assert.deepEqual([counts(train, "swa"), counts(train, "eng")], [swa, eng]);
    assert.ok(lines.includes(`swa: ${swa[0]} bad, ${swa[1]} good`), lines.join("\n"));
  }
  const { train } = mixed(inputs, { balanced: true, alpha: 0, size: 20, epochs: 9 });
  for (let variant = 1; variant <= 9; variant++) {
    const own = train.filter((row) => row.variant === variant);
    assert.deepEqual([counts(own, "swa"), counts(own, "eng")], [[5, 5], [5, 5]]);
  }
});

Deno.test("shares hold within a sentence in every epoch, and sentences take turns", () => {
  const inputs = [corpus("eng", 200), corpus("swa", 25)];
  const { train, rows, lines } = mixed(inputs, {
    shares: { eng: 0.8, swa: 0.2 },
    size: 101,
    epochs: 5,
  });
  const epochs = epochsOf(train);
  assert.equal(epochs.length, 5);
  for (const epoch of epochs) {
    assert.equal(epoch.filter((place) => place.includes("eng")).length, 81);
    assert.equal(epoch.filter((place) => place.includes("swa")).length, 20);
  }
  // Once and as they are: what a floor would learn by heart.
  const own = train.filter(({ variant }) => variant === 0).map(placeOf);
  assert.deepEqual(new Set(own), new Set(epochs.flat()));
  assert.equal(own.length, 225);
  const times = Map.groupBy(epochs.flat(), (place) => place);
  const timesOf = (language: string) =>
    [...times].filter(([place]) => place.includes(language)).map(([, { length }]) => length);
  assert.deepEqual(
    rows.map(({ language, drawn, different, seenLeast, seenMean, seenMost }) => [
      language,
      drawn,
      different,
      seenLeast,
      seenMean,
      seenMost,
    ]),
    [["eng", 405, 200, 2, 2.025, 3], ["swa", 100, 25, 4, 4, 4]],
  );
  assert.deepEqual([Math.min(...timesOf("eng")), Math.max(...timesOf("eng"))], [2, 3]);
  assert.deepEqual([Math.min(...timesOf("swa")), Math.max(...timesOf("swa"))], [4, 4]);
  assert.deepEqual(lines, [
    "eng, news: 200 sentences, 80.20 % of what is read (asked: 80.00 %); " +
    "each is read 2 to 3, on average 2.02, times in 5 epochs",
    "swa, news: 25 sentences, 19.80 % of what is read (asked: 20.00 %); " +
    "each is read 4 times in 5 epochs",
  ]);
});

Deno.test("an epoch may read sentences more than once, and variant 0 has them once", () => {
  const { train } = mixed([corpus("eng", 40), corpus("swa", 4)], { alpha: 0, size: 20 });
  assert.equal(train.filter(({ variant }) => variant === 0).length, 14);
  const [epoch] = epochsOf(train);
  assert.equal(epoch.length, 20);
  const times = Map.groupBy(epoch.filter((place) => place.includes("swa")), (place) => place);
  assert.deepEqual(times.values().map(({ length }) => length).toArray().sort(), [2, 2, 3, 3]);
});

Deno.test("epochs that read the same are written once", () => {
  const { train, rows } = mixed([corpus("eng", 40)], { k: 10, epochs: 20 });
  assert.equal(train.length, 10);
  assert.deepEqual([rows[0].epochs, rows[0].drawn, rows[0].seenMost], [20, 200, 20]);
});

Deno.test("a language of share 0 is left out, and so are its other splits", () => {
  const { train, languages, rows } = mixed([corpus("eng", 40), corpus("swa", 10)], {
    shares: { eng: 1, swa: 0 },
  });
  assert.deepEqual([...new Set(train.map(({ language }) => language))], ["eng"]);
  assert.deepEqual([...languages], ["eng"]);
  assert.deepEqual([train.length, rows[1].drawn, rows[1].seenMost], [40, 0, 0]);
});

Deno.test("two corpora of a language are one pool", () => {
  const { train, rows } = mixed(
    [corpus("swa", 30), corpus("swa", 90, { corpus: "wiki" }), corpus("eng", 60)],
    { k: 40 },
  );
  const inNews = train.filter(({ corpus, language }) => corpus === "news" && language === "swa");
  assert.deepEqual(
    rows.map(({ language, corpus, sentences, pool }) => [language, corpus, sentences, pool]),
    [
      ["eng", "news", 60, 40],
      ["swa", "news", 30, inNews.length],
      ["swa", "wiki", 90, 40 - inNews.length],
    ],
  );
  const asked = rows.map(({ shareAsked }) => shareAsked);
  assert.ok(Math.abs(asked[0] - 0.5) < 1e-12);
  assert.ok(Math.abs(asked[1] - inNews.length / 80) < 1e-12);
});

Deno.test("variants of a corpus are read epoch by epoch in the place of its sentences", () => {
  const inputs = [corpus("swa", 10, { variants: 3 }), corpus("eng", 10)];
  const variantsRead = (train: readonly ExampleRow[], language: string) =>
    [...Map.groupBy(train, ({ variant }) => variant)].map(([variant, rows]) => [
      variant,
      ...new Set(
        rows.filter((row) => row.language === language).map(({ units }) =>
          Number(units[0].match(/\d+$/)![0])
        ),
      ),
    ]);
  const { train } = mixed(inputs, { k: 4 });
  assert.deepEqual(variantsRead(train, "swa"), [[0, 0], [1, 1], [2, 2], [3, 3]]);
  assert.deepEqual(variantsRead(train, "eng"), [[0, 0], [1, 0], [2, 0], [3, 0]]);
  const [first, ...others] = epochsOf(train);
  for (const epoch of others) assert.deepEqual(epoch, first);
  const longer = mixed(inputs, { k: 4, epochs: 5 }).train;
  assert.deepEqual(variantsRead(longer, "swa").slice(4), [[4, 1], [5, 2]]);
});

Deno.test("a mixture of one epoch can be mixed again", () => {
  const few = mixed([corpus("swa", 30)], { k: 10 }).train;
  const { rows } = mixed([{ instance: "few", rows: few }, corpus("eng", 40)], { k: 10 });
  assert.deepEqual(rows.map(({ different }) => different), [10, 10]);
});
