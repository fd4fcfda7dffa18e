import { strict as assert } from "node:assert";
import { FisherSums, layerOf, overlap, topOf } from "./fisher.ts";

Deno.test("layers are modules, and those of a stack for themselves, both ways together", () => {
  for (
    const [name, layer] of [
      ["pieces.weight", "pieces"],
      ["classifier.bias", "classifier"],
      ["crf.start_transitions", "crf"],
      ["piece_lstm.weight_ih_l0", "piece_lstm.l0"],
      ["piece_lstm.bias_hh_l1_reverse", "piece_lstm.l1"],
      ["roberta.encoder.layer.3.output.dense.weight", "roberta.encoder.layer.3.output.dense"],
    ]
  ) assert.equal(layerOf(name), layer);
});

Deno.test("the top of a layer has its greatest values, of equal ones the first, and never a 0", () => {
  const top = (values: number[], percent: number) => [...topOf(Float64Array.from(values), percent)];
  assert.deepEqual(top([1, 5, 3, 4], 50), [0, 1, 0, 1]);
  assert.deepEqual(top([1, 5, 3, 4], 5), [0, 1, 0, 0]); // one at least
  assert.deepEqual(top([2, 2, 2, 9], 50), [1, 0, 0, 1]);
  assert.deepEqual(top([0, 0, 0, 1], 50), [0, 0, 0, 1]);
  assert.deepEqual(top([0, 0], 50), [0, 0]);
});

Deno.test("an overlap is of the larger of two tops", () => {
  const of = (a: number[], b: number[]) => overlap(Uint8Array.from(a), Uint8Array.from(b));
  assert.equal(of([1, 1, 0, 0], [1, 0, 1, 0]), 50);
  assert.equal(of([1, 1, 1, 1], [1, 0, 0, 0]), 25);
  assert.equal(of([1, 0], [0, 1]), 0);
  assert.ok(Number.isNaN(of([0, 0], [0, 0])));
});

Deno.test("sums are mean squares, and halves and errors are of sentences, by hand", () => {
  const sums = new FisherSums(new Map([["a.weight", 2], ["a.bias", 1]]));
  // Two samples of each of two sentences; a factor of 2 is squared.
  const gradients = [[[1, 0, 0], 0], [[2, 0, 1], 0], [[0, 3, 0], 1], [[0, 1, 0], 1]] as const;
  for (const [[w0, w1, bias], sentence] of gradients) {
    const of = { "a.weight": Float32Array.of(w0, w1), "a.bias": Float32Array.of(bias) };
    sums.add((name) => of[name as keyof typeof of], 2, sentence);
  }
  const diagonal = sums.diagonal();
  assert.deepEqual([...diagonal.get("a.weight")!], [5, 10]); // 4 · (1 + 4)/4, 4 · (9 + 1)/4
  assert.deepEqual([...diagonal.get("a.bias")!], [1]);
  const [layer, ...rest] = sums.layers();
  assert.equal(rest.length, 0);
  const { agreement, traceError, ...told } = layer;
  assert.deepEqual(told, { layer: "a", weights: 3, touched: 3, trace: 16 });
  // Norms 24 and 40 of the two sentences: a mean of 32, a deviation of √128, an error of 8.
  assert.ok(Math.abs(traceError - 25) < 1e-9, `${traceError}`);
  // The even half has a.weight[0] and a.bias, the odd one a.weight[1].
  assert.deepEqual([...agreement], [[5, 0], [25, 0], [50, 0]]);
});
