/**
 * Measures what a big model and its vocabulary cost every instance, side by side with Python.
 *
 * `deno task bench:costs --python .venv/bin/python --write`
 *
 * @module
 */
import { parseArgs } from "node:util";
import { messageOf, UserError } from "../lib/core/errors.ts";
import { trackedFile } from "../lib/corpora/catalogue.ts";
import { compareCosts, costs, costsSection, pythonScript } from "./bench/costs.ts";
import { measuredEncoder, prepareCosts } from "./bench/costs_prepare.ts";
import { machineFacts } from "./bench/machine.ts";
import { wholeNumber } from "./bench/options.ts";
import { reportMarkdown, sectionText } from "./bench/report.ts";
import { inFolder } from "./bench/row_batches.ts";

const reportFile = "docs/measurements/costs.md";
const taskNames = [...new Set(costs.map(({ task }) => task))];
const usage = `usage: deno task bench:costs [options]

  --python PATH     an interpreter with torch, transformers, tokenizers and safetensors (python3)
  --tasks a,b       what is measured (${taskNames.join()})
  --rounds N        turns of each side (5)
  --threads N       of each side (as many as cores)
  --folder PATH     what is measured on lies there, and stays: the next run need not prepare it
  --write           write what is printed to ${reportFile} too

The encoder ${measuredEncoder} and WikiANN must be in CROSSTIE_MIRROR.
`;

/** The command line, checked. */
interface Options {
  readonly python: string;
  readonly tasks: readonly string[];
  readonly rounds: number;
  readonly threads: number;
  readonly folder?: string;
  readonly write: boolean;
}

/**
 * Reads the command line.
 *
 * @throws {UserError} when an option cannot be used
 */
export function readOptions(args: readonly string[]): Options | "help" {
  const { values } = parseArgs({
    args: [...args],
    options: {
      python: { type: "string", default: "python3" },
      tasks: { type: "string", default: taskNames.join() },
      rounds: { type: "string", default: "5" },
      threads: { type: "string", default: String(navigator.hardwareConcurrency) },
      folder: { type: "string" },
      write: { type: "boolean", default: false },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  if (values.help) return "help";
  const tasks = values.tasks.split(",");
  for (const task of tasks) {
    if (taskNames.some((name) => name === task)) continue;
    throw new UserError(`Cannot use --tasks ${task}: tasks are ${taskNames.join(", ")}`);
  }
  return {
    python: values.python,
    tasks,
    rounds: wholeNumber("--rounds", values.rounds, 1),
    threads: wholeNumber("--threads", values.threads, 1),
    folder: values.folder,
    write: values.write,
  };
}

async function pythonVersions(python: string): Promise<string> {
  try {
    const { success, stdout, stderr } = await new Deno.Command(python, {
      args: [pythonScript, "versions", ".", "1"],
    }).output();
    const text = new TextDecoder();
    if (!success) throw new Error(text.decode(stderr).trim().split("\n").at(-1));
    const versions: Record<string, string> = JSON.parse(text.decode(stdout));
    return Object.entries(versions).map(([name, version]) => `${name} ${version}`).join(", ");
  } catch (cause) {
    throw new UserError({
      message: `Cannot run Python's side with "${python}": ${messageOf(cause)}`,
      hint: "pip install torch==2.13.0 transformers==5.23.0 into an environment, and name it",
    }, { cause });
  }
}

async function measure(options: Options, folder: string): Promise<void> {
  const mirror = Deno.env.get("CROSSTIE_MIRROR");
  const versions = await pythonVersions(options.python);
  const isPrepared = await Deno.stat(`${folder}/trained`).then(() => true, () => false);
  if (!isPrepared && !await prepareCosts(folder, mirror ?? "")) {
    throw new UserError({
      message: `Cannot measure without ${measuredEncoder}`,
      hint: "name a mirror that has it in CROSSTIE_MIRROR",
    });
  }
  const load = Deno.loadavg();
  const results = await compareCosts(folder, { ...options, log: (line) => console.error(line) });
  const { threads } = options;
  const facts = [...await machineFacts({ threads, load }), `Python's side: ${versions}`];
  const section = costsSection(results, measuredEncoder);
  console.log([...facts, "", sectionText(section)].join("\n"));
  if (!options.write) return;
  const command = "deno task bench:costs --python PYTHON --write";
  await Deno.writeTextFile(
    trackedFile(reportFile),
    reportMarkdown({ title: "The costs of a big model", command, facts, sections: [section] }),
  );
}

if (import.meta.main) {
  try {
    const options = readOptions(Deno.args);
    if (options === "help") {
      console.log(usage);
      Deno.exit(0);
    }
    const { folder } = options;
    if (folder === undefined) await inFolder((own) => measure(options, own));
    else {
      await Deno.mkdir(folder, { recursive: true });
      await measure(options, folder);
    }
  } catch (error) {
    console.error(messageOf(error));
    if (error instanceof TypeError && "code" in error) console.error(`\n${usage}`);
    Deno.exit(2);
  }
}
