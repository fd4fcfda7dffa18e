import { strict as assert } from "node:assert";
import { readOptions } from "./bench_costs.ts";

Deno.test("options name what is measured", () => {
  const options = readOptions(["--tasks", "encode,train", "--rounds", "2", "--threads", "1"]);
  assert.ok(options !== "help");
  assert.deepEqual(options.tasks, ["encode", "train"]);
  assert.deepEqual([options.rounds, options.threads, options.write], [2, 1, false]);
  const all = readOptions([]);
  assert.ok(all !== "help");
  assert.deepEqual(all.tasks, ["tokenizer", "encode", "weights", "train", "predict"]);
});

for (
  const [args, message] of [
    [
      ["--tasks", "all"],
      "Cannot use --tasks all: tasks are tokenizer, encode, weights, train, predict",
    ],
    [["--rounds", "0"], "Cannot use --rounds 0: it must be a whole number from 1"],
    [["--threads", "x"], "Cannot use --threads x: it must be a whole number from 1"],
  ] as const
) {
  Deno.test(`${args.join(" ")} is refused with what it must be`, () => {
    assert.throws(() => readOptions(args), { name: "UserError", message });
  });
}
