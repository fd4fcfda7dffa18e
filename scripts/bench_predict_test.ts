import { strict as assert } from "node:assert";
import { readOptions, textOf } from "./bench_predict.ts";

Deno.test("options name how much is measured", () => {
  const options = readOptions(["--lines", "20", "--rounds", "1", "--threads", "2"]);
  assert.ok(options !== "help");
  assert.deepEqual([options.lines, options.rounds, options.threads], [20, 1, 2]);
  assert.throws(() => readOptions(["--lines", "0"]), {
    message: "Cannot use --lines 0: it must be a whole number from 1",
  });
});

Deno.test("a text has as many bytes as are asked for, in whole lines", () => {
  const text = textOf(["Ünlü left", "東京"], 30);
  assert.equal(text, "Ünlü left\n東京\nÜnlü left\n");
});
