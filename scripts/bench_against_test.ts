import { strict as assert } from "node:assert";
import { fileURLToPath } from "node:url";
import { UserError } from "../lib/core/errors.ts";
import { readOptions } from "./bench_against.ts";

const project = fileURLToPath(new URL("..", import.meta.url));

Deno.test("a checkout, its rounds, and what else bench:train has", () => {
  const options = readOptions([project, "3", "--rows", "small", "--steps", "2", "--threads", "1"]);
  assert.ok(options !== "help");
  const { rows, rounds, threads } = options;
  assert.deepEqual(rows.map(({ name, steps }) => [name, steps]), [["small", 2]]);
  assert.deepEqual([rounds, threads], [3, 1]);
  assert.equal(readOptions([]), "help");
});

Deno.test("a folder without steps to time, and other wrong words, are named", () => {
  for (
    const [args, expected] of [
      [["/nowhere"], /^Cannot compare with "\/nowhere": there is no .*our_side.ts[^]*git worktree/],
      [[project, "0"], /^Cannot use ROUNDS 0: it must be a whole number from 1$/],
      [[project, "3", "4"], /^Cannot use 4: see --help$/],
      [[project, "--rows", "base"], /^Cannot use --rows base: rows are xlmr-base, distilbert/],
    ] as const
  ) {
    assert.throws(
      () => readOptions(args),
      (error: Error) => error instanceof UserError && expected.test(error.message),
      args.join(" "),
    );
  }
});
