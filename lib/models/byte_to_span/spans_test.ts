import { strict as assert } from "node:assert";
import { CounterRandom } from "../../core/random.ts";
import { apart, type ByteSpan, spansIn, Symbols, windowStarts, wordsIn } from "./spans.ts";

const random = new CounterRandom("spans");
const upTo = (most: number) => Math.floor(most * random.uniform());

Deno.test("spans come back from their symbols", () => {
  for (let i = 0; i < 200; i++) {
    const window = 4 + upTo(80), types = 1 + upTo(5), symbols = new Symbols(window, types);
    const spans = apart(Array.from({ length: upTo(6) }, (): ByteSpan => {
      const start = upTo(window);
      return { start, end: start + 1 + upTo(window - start), type: upTo(types) };
    }));
    const said = symbols.of(spans);
    assert.ok(said.every((symbol) => symbol >= 0 && symbol < symbols.count));
    const read = symbols.read(said.slice(0, -1), said.map(() => 0.5), window);
    assert.deepEqual(read.map(({ probability: _, ...span }) => span), spans);
    assert.ok(read.every(({ probability }) => probability === 0.125));
  }
});

Deno.test("whatever is said, spans lie in their window", () => {
  for (let i = 0; i < 2_000; i++) {
    const window = 4 + upTo(20), types = 1 + upTo(3), symbols = new Symbols(window, types);
    const length = 1 + upTo(window);
    // Mostly in the order that is right, so that some of it is a span.
    const said = Array.from(
      { length: upTo(13) },
      (_, at) =>
        random.uniform() < 0.2
          ? upTo(symbols.count)
          : [upTo(window), window + upTo(window), 2 * window + upTo(types)][at % 3],
    );
    for (const { start, end, type } of symbols.read(said, said.map(() => 1), length)) {
      assert.ok(0 <= start && start < end && end <= length && 0 <= type && type < types);
    }
  }
});

Deno.test("spans that are kept never cross, and begin before those that they cross", () => {
  for (let i = 0; i < 500; i++) {
    const spans = Array.from({ length: upTo(8) }, (_, type): ByteSpan => {
      const start = upTo(30);
      return { start, end: start + 1 + upTo(12), type };
    });
    const kept = apart(spans);
    kept.forEach(({ start }, k) => assert.ok(k === 0 || start >= kept[k - 1].end));
    for (const span of spans) {
      const over = kept.find((each) => each.start < span.end && span.start < each.end);
      assert.ok(kept.includes(span) || over!.start <= span.start);
    }
  }
});

Deno.test("windows overlap as they should, and every byte is in one", () => {
  for (let i = 0; i < 500; i++) {
    const window = 4 + upTo(60), overlap = upTo(window), length = 1 + upTo(300);
    const starts = windowStarts(length, { stride: window - overlap, overlap });
    assert.equal(starts[0], 0);
    starts.slice(1).forEach((start, k) => assert.equal(start - starts[k], window - overlap));
    assert.ok(starts.at(-1)! < length && starts.at(-1)! + window >= length);
  }
  assert.deepEqual(windowStarts(5, { stride: 30, overlap: 30, first: 7 }), [0]);
  assert.deepEqual(windowStarts(40, { stride: 4, overlap: 30, first: 3 }), [3, 7]);
});

Deno.test("a window is asked for what it holds whole, and a span is of the words that it holds whole", () => {
  const spans = [{ start: 0, end: 5, type: 0 }, { start: 8, end: 14, type: 1 }];
  assert.deepEqual(spansIn(spans, 0, 13), [spans[0]]);
  assert.deepEqual(spansIn(spans, 1, 13), [{ start: 7, end: 13, type: 1 }]);
  const words = [[0, 5], [6, 9], [10, 14]] as const;
  assert.deepEqual(wordsIn({ start: 6, end: 14, type: 0 }, words), [1, 2]);
  assert.deepEqual(wordsIn({ start: 1, end: 9, type: 0 }, words), [1, 1]);
  assert.equal(wordsIn({ start: 7, end: 9, type: 0 }, words), undefined);
});
