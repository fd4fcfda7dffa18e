/**
 * Measures training steps of this checkout beside another one's, in turns.
 *
 * `deno run -A scripts/bench_against.ts ../old 10 --rows small`
 *
 * @module
 */
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { messageOf, UserError } from "../lib/core/errors.ts";
import {
  type CheckoutResult,
  checkoutSection,
  compareCheckouts,
  sideModule,
} from "./bench/checkouts.ts";
import { stepsOf } from "./bench/comparison.ts";
import { machineFacts } from "./bench/machine.ts";
import { rowNames, rowsNamed, wholeNumber } from "./bench/options.ts";
import { sectionText } from "./bench/report.ts";
import { inFolder, RowBatches } from "./bench/row_batches.ts";
import type { Row } from "./bench/rows.ts";

const usage = `usage: deno run -A scripts/bench_against.ts OLD_CHECKOUT [ROUNDS] [options]

  OLD_CHECKOUT   the folder of another checkout, with its dependencies installed
  ROUNDS         turns of each checkout (5)
  --rows a,b     rows to compare (${rowNames.join(",")})
  --steps N      steps a turn (by row)
  --threads N    of each checkout (as many as cores)
`;

/** The command line, checked. */
interface Options {
  readonly other: string;
  readonly rounds: number;
  readonly rows: readonly Row[];
  readonly threads: number;
}

/**
 * Reads the command line.
 *
 * @throws {UserError} when an option cannot be used, or the other checkout has no steps to time
 */
export function readOptions(args: readonly string[]): Options | "help" {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      rows: { type: "string", default: rowNames.join() },
      steps: { type: "string" },
      threads: { type: "string", default: String(navigator.hardwareConcurrency) },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  if (values.help || positionals.length === 0) return "help";
  const [checkout, rounds = "5", ...others] = positionals;
  if (others.length > 0) throw new UserError(`Cannot use ${others.join(" ")}: see --help`);
  const steps = values.steps === undefined ? undefined : wholeNumber("--steps", values.steps, 1);
  const other = resolve(checkout);
  if (!existsSync(sideModule(other))) {
    throw new UserError({
      message: `Cannot compare with "${checkout}": there is no ${sideModule(other)}`,
      hint: "make one: git worktree add ../old COMMIT && cd ../old && deno install",
    });
  }
  return {
    other,
    rounds: wholeNumber("ROUNDS", rounds, 1),
    rows: rowsNamed("--rows", values.rows, steps),
    threads: wholeNumber("--threads", values.threads, 1),
  };
}

if (import.meta.main) {
  try {
    const options = readOptions(Deno.args);
    if (options === "help") {
      console.log(usage);
      Deno.exit(0);
    }
    const load = Deno.loadavg();
    await using batches = new RowBatches();
    const results: CheckoutResult[] = [];
    for (const row of options.rows) {
      if (!batches.has(row)) continue;
      const log = (line: string) => console.error(`${row.name}: ${line}`);
      const given = await batches.of(row, stepsOf(row, options.rounds));
      results.push(
        await inFolder((folder) => compareCheckouts(row, given, folder, { ...options, log })),
      );
    }
    const facts = await machineFacts({ threads: options.threads, load });
    console.log([...facts, "", sectionText(checkoutSection(results))].join("\n"));
  } catch (error) {
    console.error(messageOf(error));
    if (error instanceof TypeError && "code" in error) console.error(`\n${usage}`);
    Deno.exit(2);
  }
}
