import { strict as assert } from "node:assert";
import { classesOf, type Drawable, drawEpochs, drawOrder } from "./mixture_draw.ts";

function sentences(count: number, language = "swa", corpus = "c", classes = 3): Drawable[] {
  return Array.from(
    { length: count },
    (_, sentence) => ({ corpus, language, sentence, gold: [sentence % classes] }),
  );
}

const plain = { seed: 1, balanced: false };
const placesOf = (drawn: readonly Drawable[]) =>
  drawn.map(({ corpus, sentence }) => `${corpus} ${sentence}`);

Deno.test("a draw has every sentence once, whatever the order they come in", () => {
  const order = drawOrder(sentences(100), plain);
  assert.deepEqual(
    order.map(({ sentence }) => sentence).sort((a, b) => a - b),
    sentences(100).map(({ sentence }) => sentence),
  );
  assert.deepEqual(drawOrder(sentences(100).reverse(), plain), order);
  assert.notDeepEqual(order, sentences(100));
});

Deno.test("another seed, language, corpus or pass gives another order", () => {
  const order = placesOf(drawOrder(sentences(50), plain)).map((place) => place.split(" ")[1]);
  for (
    const other of [
      drawOrder(sentences(50), { ...plain, seed: 2 }),
      drawOrder(sentences(50, "yor"), plain),
      drawOrder(sentences(50, "swa", "d"), plain),
      drawOrder(sentences(50), plain, 1),
    ]
  ) assert.notDeepEqual(placesOf(other).map((place) => place.split(" ")[1]), order);
});

Deno.test("more sentences, or another corpus of the language, change no order among the others", () => {
  const few = placesOf(drawOrder(sentences(60), plain));
  const kept = new Set(few);
  const more = placesOf(drawOrder([...sentences(90), ...sentences(40, "swa", "d")], plain));
  assert.deepEqual(more.filter((place) => kept.has(place)), few);
});

Deno.test("classes take turns, so that every beginning of a draw is balanced", () => {
  const order = drawOrder(sentences(99), { seed: 4, balanced: true });
  for (let k = 0; k <= 99; k++) {
    const counts = [0, 1, 2].map((c) => order.slice(0, k).filter(({ gold }) => gold[0] === c))
      .map(({ length }) => length);
    assert.ok(Math.max(...counts) - Math.min(...counts) <= 1, `${k}: ${counts}`);
    if (k % 3 === 0) assert.deepEqual(counts, [k / 3, k / 3, k / 3]);
  }
  assert.deepEqual(classesOf(order).map(([{ gold }]) => gold[0]), [0, 1, 2]);
  const rare = drawOrder([...sentences(10, "swa", "c", 1), ...sentences(4, "swa", "d")], {
    seed: 1,
    balanced: true,
  });
  assert.equal(rare.length, 14);
});

Deno.test("every sentence is as likely to be drawn as any other", () => {
  const counts = new Array<number>(10).fill(0);
  for (let seed = 0; seed < 2000; seed++) {
    for (const { sentence } of drawOrder(sentences(10), { ...plain, seed }).slice(0, 3)) {
      counts[sentence]++;
    }
  }
  // Each count is binomial(2000, 0.3): mean 600, standard deviation 20.5.
  for (const count of counts) assert.ok(Math.abs(count - 600) < 4 * 20.5, String(counts));
});

Deno.test("epochs read a language to its end before they read a sentence again", () => {
  for (const count of [0, 1, 3, 7, 10, 11, 25]) {
    const pool = drawOrder(sentences(10), plain);
    const epochs = drawEpochs(pool, count, 9, plain);
    const seen = new Map(placesOf(pool).map((place) => [place, 0]));
    for (const epoch of epochs) {
      assert.equal(epoch.length, count);
      for (const place of placesOf(epoch)) seen.set(place, seen.get(place)! + 1);
      const times = [...seen.values()];
      assert.ok(Math.max(...times) - Math.min(...times) <= 1, `${count}: ${times}`);
    }
    assert.deepEqual(drawEpochs(pool, count, 4, plain), epochs.slice(0, 4));
    if (count > 0) assert.deepEqual(epochs[0].slice(0, 10), pool.slice(0, count));
  }
  assert.notDeepEqual(...drawEpochs(sentences(10), 10, 2, plain) as [unknown, unknown]);
});
