import { strict as assert } from "node:assert";
import { readOptions, shownCommand } from "./bench_train.ts";

Deno.test("options name rows, and the steps of each can be set", () => {
  const options = readOptions(["--rows", "small,distilbert", "--steps", "7", "--threads", "2"]);
  assert.ok(options !== "help");
  assert.deepEqual(options.rows.map(({ name, steps }) => [name, steps]), [
    ["small", 7],
    ["distilbert", 7],
  ]);
  assert.deepEqual([options.rounds, options.threads, options.memorySteps], [5, 2, 0]);
  const none = readOptions(["--rows", "none", "--profile", "small", "--memory-steps", "50"]);
  assert.ok(none !== "help");
  assert.deepEqual(none.rows, []);
  assert.equal(none.profile?.name, "small");
  assert.equal(none.memorySteps, 50);
});

Deno.test("an option that cannot be used says what it must be", () => {
  for (
    const [args, expected] of [
      [["--rows", "base"], /^Error: Cannot use --rows base: rows are xlmr-base, distilbert/],
      [["--rounds", "0"], /^Error: Cannot use --rounds 0: it must be a whole number from 1$/],
      [["--memory-steps", "5"], /^Error: Cannot use --memory-steps 5: .* from 10$/],
    ] as const
  ) {
    assert.throws(
      () => readOptions(args),
      (error: Error) => expected.test(`Error: ${error.message}`),
    );
  }
});

Deno.test("a document shows the command without this machine's paths", () => {
  assert.equal(
    shownCommand(["--python", "/home/x/bin/python", "--write", "--rows=small"]),
    "deno task bench:train --python PYTHON --write --rows=small",
  );
  assert.equal(shownCommand(["--python=/y"]), "deno task bench:train --python=PYTHON");
});
