/**
 * Measures training side by side with PyTorch on this machine's processor.
 *
 * `deno task bench:train --python .venv/bin/python --write`
 *
 * @module
 */
import { existsSync } from "node:fs";
import { parseArgs } from "node:util";
import { messageOf, UserError } from "../lib/core/errors.ts";
import { trackedFile } from "../lib/corpora/catalogue.ts";
import { compareRow, type RowResult, stepsOf } from "./bench/comparison.ts";
import { machineFacts, processorMake } from "./bench/machine.ts";
import { memoryOverSteps } from "./bench/memory.ts";
import { rowNamed, rowNames, rowsNamed, wholeNumber } from "./bench/options.ts";
import { profileRow } from "./bench/profile.ts";
import {
  comparisonSection,
  memorySection,
  partsSection,
  profileSection,
  reportMarkdown,
  type Section,
  sectionText,
} from "./bench/report.ts";
import { inFolder, RowBatches } from "./bench/row_batches.ts";
import { type Row, rows } from "./bench/rows.ts";

const usage = `usage: deno task bench:train [options]

  --python PATH       an interpreter with torch and transformers (python3)
  --rows a,b          rows to compare, or "none" (${rowNames.join(",")})
  --rounds N          turns of each side (5)
  --steps N           steps a turn (by row: ${rows.map(({ steps }) => steps).join(", ")})
  --threads N         of each side (as many as cores)
  --memory-steps N    also: resident memory over N steps of a tiny model
  --profile ROW       also: the time of a step by operator type
  --write             write what is printed to docs/measurements/training_cpu_MAKE.md too, where
                      MAKE is the processor's: amd, intel, …
`;

const install = "make an environment once, and name it:\n" +
  "  python3 -m venv .venv && .venv/bin/pip install torch==2.13.0 transformers==5.23.0\n" +
  "  deno task bench:train --python .venv/bin/python";

/** The command line, checked. */
interface Options {
  readonly python: string;
  readonly rows: readonly Row[];
  readonly rounds: number;
  readonly threads: number;
  readonly memorySteps: number;
  readonly profile?: Row;
  readonly write: boolean;
}

/** Reads the command line. */
export function readOptions(args: readonly string[]): Options | "help" {
  const { values } = parseArgs({
    args: [...args],
    options: {
      python: { type: "string", default: "python3" },
      rows: { type: "string", default: rowNames.join() },
      rounds: { type: "string", default: "5" },
      steps: { type: "string" },
      threads: { type: "string", default: String(navigator.hardwareConcurrency) },
      "memory-steps": { type: "string" },
      profile: { type: "string" },
      write: { type: "boolean", default: false },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  if (values.help) return "help";
  const steps = values.steps === undefined ? undefined : wholeNumber("--steps", values.steps, 1);
  const memorySteps = values["memory-steps"];
  return {
    python: values.python,
    rows: values.rows === "none" ? [] : rowsNamed("--rows", values.rows, steps),
    rounds: wholeNumber("--rounds", values.rounds, 1),
    threads: wholeNumber("--threads", values.threads, 1),
    memorySteps: memorySteps === undefined ? 0 : wholeNumber("--memory-steps", memorySteps, 10),
    profile: values.profile === undefined ? undefined : rowNamed("--profile", values.profile),
    write: values.write,
  };
}

/** The command as it may stand in a document: without this machine's paths. */
export function shownCommand(args: readonly string[]): string {
  const shown = args.map((arg, i) =>
    args[i - 1] === "--python" ? "PYTHON" : arg.replace(/^--python=.*/, "--python=PYTHON")
  );
  return ["deno task bench:train", ...shown].join(" ");
}

async function requirePyTorch(python: string): Promise<void> {
  try {
    const { success, stderr } = await new Deno.Command(python, {
      args: ["-c", "import torch, transformers"],
    }).output();
    if (success) return;
    throw new Error(new TextDecoder().decode(stderr).trim().split("\n").at(-1));
  } catch (cause) {
    throw new UserError({
      message: `Cannot run PyTorch with "${python}": ${messageOf(cause)}`,
      hint: install,
    }, { cause });
  }
}

async function measure(options: Options): Promise<{ facts: string[]; sections: Section[] }> {
  if (!existsSync("/proc/self/status")) {
    throw new UserError("Cannot measure peak memory as there is no /proc: use Linux");
  }
  if (options.rows.length > 0) await requirePyTorch(options.python);
  const load = Deno.loadavg();
  await using data = new RowBatches();
  const results: RowResult[] = [];
  for (const row of options.rows) {
    if (!data.has(row)) continue;
    const log = (line: string) => console.error(`${row.name}: ${line}`);
    const given = await data.of(row, stepsOf(row, options.rounds));
    results.push(
      await inFolder((folder) => compareRow(row, given, folder, { ...options, log })),
    );
  }
  const sections = results.length > 0 ? [comparisonSection(results), partsSection(results)] : [];
  const { profile, memorySteps, threads } = options;
  if (profile && data.has(profile)) {
    const steps = 5;
    const given = await data.of(profile, steps);
    const times = await inFolder((folder) =>
      profileRow(profile, given, folder, { threads, steps })
    );
    sections.push(profileSection(profile.name, times));
  }
  if (memorySteps > 0) {
    const marks = await inFolder((folder) => memoryOverSteps(folder, memorySteps));
    sections.push(memorySection(marks));
  }
  const facts = await machineFacts({ threads, load, versions: results.at(0)?.versions });
  return { facts, sections };
}

if (import.meta.main) {
  try {
    const options = readOptions(Deno.args);
    if (options === "help") {
      console.log(usage);
      Deno.exit(0);
    }
    const { facts, sections } = await measure(options);
    console.log([...facts, ...sections.map((section) => "\n" + sectionText(section))].join("\n"));
    if (options.write) {
      const file = trackedFile(`docs/measurements/training_cpu_${await processorMake()}.md`);
      const command = shownCommand(Deno.args);
      await Deno.writeTextFile(
        file,
        reportMarkdown({ title: "Training on a CPU", command, facts, sections }),
      );
    }
  } catch (error) {
    console.error(messageOf(error));
    if (error instanceof TypeError && "code" in error) console.error(`\n${usage}`);
    Deno.exit(2);
  }
}
