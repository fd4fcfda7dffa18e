/**
 * Measures `predict` on plain text: its memory over the length of the input, and its speed beside
 * transformers' pipeline on the same lines.
 *
 * `deno task bench:predict --python .venv/bin/python --write`
 *
 * @module
 */
import { join } from "node:path";
import { parseArgs } from "node:util";
import { projectFolder } from "../cli/folders.ts";
import { messageOf, UserError } from "../lib/core/errors.ts";
import { trackedFile } from "../lib/corpora/catalogue.ts";
import { machineFacts } from "./bench/machine.ts";
import { wholeNumber } from "./bench/options.ts";
import { type Cost, timed } from "./bench/pipeline_process.ts";
import { bringEncoder } from "./bench/published_encoder.ts";
import { reportMarkdown, type Section, sectionText } from "./bench/report.ts";
import { inFolder } from "./bench/row_batches.ts";
import { readWikiann } from "./bench/wikiann.ts";

const reportFile = "docs/measurements/predict.md";
const encoder = "multilingual-e5-small";
const pythonScript = join(projectFolder, "scripts/references/bench_predict.py");
/** A tagger that is so small that it leaves time for much text. */
const tiny = join(
  projectFolder,
  "tests/fixtures/mirror/huggingface.co/crosstie/tiny-entities/resolve/v1",
);
/** Texts whose memory is compared, in MB. */
const sizes = [1, 3, 10];
/** Sentences in a batch that transformers' pipeline is tried with; the fastest counts. */
const batches = [1, 8, 32];

const usage = `usage: deno task bench:predict [options]

  --python PATH     an interpreter with torch and transformers (python3)
  --lines N         sentences of the comparison (1000)
  --rounds N        turns of each side (3)
  --threads N       of each side (as many as cores)
  --write           write what is printed to ${reportFile} too

${encoder} and WikiANN must be in CROSSTIE_MIRROR.
`;

/** The command line, checked. */
interface Options {
  readonly python: string;
  readonly lines: number;
  readonly rounds: number;
  readonly threads: number;
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
      lines: { type: "string", default: "1000" },
      rounds: { type: "string", default: "3" },
      threads: { type: "string", default: String(navigator.hardwareConcurrency) },
      write: { type: "boolean", default: false },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  if (values.help) return "help";
  return {
    python: values.python,
    lines: wholeNumber("--lines", values.lines, 1),
    rounds: wholeNumber("--rounds", values.rounds, 1),
    threads: wholeNumber("--threads", values.threads, 1),
    write: values.write,
  };
}

/** Lines until there are so many bytes, again from the first where they do not suffice. */
export function textOf(lines: readonly string[], bytes: number): string {
  const parts: string[] = [];
  for (let i = 0, length = 0; length < bytes; i++) {
    parts.push(`${lines[i % lines.length]}\n`);
    length += new TextEncoder().encode(parts[i]).length;
  }
  return parts.join("");
}

/** Tags a text with our command. */
async function ours(model: string, text: string, output: string, threads: number): Promise<Cost> {
  const args = ["run", "-A", "main.ts", "predict", model, text, "--sentences", "lines"];
  const { cost } = await timed({
    program: Deno.execPath(),
    args: [...args, "--decoding", "argmax", "--threads", `${threads}`, "--output", output],
    folder: projectFolder,
  });
  return cost;
}

async function python(path: string, ...args: readonly string[]) {
  return await timed({ program: path, args: [pythonScript, ...args], folder: projectFolder });
}

/** Memory over the length of the input. */
async function memory(lines: readonly string[], folder: string, threads: number): Promise<Section> {
  const rows: string[][] = [];
  for (const size of sizes) {
    const text = join(folder, `${size}.txt`), output = join(folder, `${size}.jsonl`);
    await Deno.writeTextFile(text, textOf(lines, size * 1e6));
    const { peakBytes, processorMs } = await ours(tiny, text, output, threads);
    const { size: written } = await Deno.stat(output);
    rows.push([`${size}`, (written / 1e6).toFixed(0), mebibytes(peakBytes), seconds(processorMs)]);
    console.error(`${size} MB: ${mebibytes(peakBytes)} MiB`);
  }
  return {
    title: "Memory over the length of a text",
    columns: ["MB in", "MB out", "peak MiB", "processor s"],
    rows,
    notes: [
      "WikiANN's sentences, a line each, through a tagger of one layer of width 8, so that reading, " +
      "tokenizing and writing is what there is to hold. Out comes JSON with offsets and probabilities.",
    ],
  };
}

/** Both sides on the same lines, in turns. */
async function speed(
  lines: readonly string[],
  folder: string,
  model: string,
  options: Options,
): Promise<Section> {
  const text = join(folder, "speed.txt"), few = join(folder, "few.txt");
  await Deno.writeTextFile(text, lines.map((line) => `${line}\n`).join(""));
  await Deno.writeTextFile(few, lines.slice(0, 100).map((line) => `${line}\n`).join(""));
  const output = (side: string) => join(folder, `${side}.jsonl`);
  const theirs = async (file: string, batch: number) => {
    const given = [model, file, output("theirs"), `${options.threads}`, `${batch}`];
    return (await python(options.python, "tag", ...given)).cost;
  };
  const tried: { batch: number; cost: Cost }[] = [];
  for (const batch of batches) tried.push({ batch, cost: await theirs(few, batch) });
  const { batch } = tried.reduce((a, b) => a.cost.processorMs <= b.cost.processorMs ? a : b);
  const costs: { ours: Cost; theirs: Cost }[] = [];
  for (let round = 0; round < options.rounds; round++) {
    const own = () => ours(model, text, output("ours"), options.threads);
    const other = () => theirs(text, batch);
    // The one that starts changes with each round.
    const [first, second] = round % 2 === 0
      ? [await own(), await other()]
      : [await other(), await own()].reverse();
    costs.push({ ours: first, theirs: second });
    console.error(`round ${round + 1}: ${JSON.stringify({ ours: first, theirs: second })}`);
  }
  for (const side of ["ours", "theirs"]) {
    const count = (await Deno.readTextFile(output(side))).trimEnd().split("\n").length;
    if (count !== lines.length) throw new Error(`${side} has ${count} of ${lines.length} lines`);
  }
  const words = lines.reduce((sum, line) => sum + line.split(" ").length, 0);
  const row = (name: string, of: (cost: Cost) => number, shown: (value: number) => string) => {
    const ratios = costs.map(({ ours, theirs }) => of(theirs) / of(ours)).sort((a, b) => a - b);
    const [own, other] = [costs.map(({ ours }) => of(ours)), costs.map(({ theirs }) => of(theirs))]
      .map((values) => shown(median(values)));
    const range = `${ratios[0].toFixed(2)} … ${ratios.at(-1)!.toFixed(2)}`;
    return [name, median(ratios).toFixed(2), range, own, other];
  };
  return {
    title: `${lines.length} sentences, ${words} words, beside transformers' pipeline`,
    columns: ["cost", "pipeline's ÷ ours", "least … greatest", "ours", "pipeline's"],
    rows: [
      row("wall, s", ({ wallMs }) => wallMs, seconds),
      row("processor, s", ({ processorMs }) => processorMs, seconds),
      row("peak, MiB", ({ peakBytes }) => peakBytes, mebibytes),
    ],
    notes: [
      "Above 1 ours takes less. From the start of a process to its end, with the model read and the " +
      "answers written; medians over the rounds, sides in turns.",
      `${encoder} with a head for seven tags, float32, ${options.threads} threads; the pipeline with ` +
      `aggregation_strategy="first" and batches of ${batch}, the cheapest of ${
        batches.join(", ")
      } on 100 lines.`,
    ],
  };
}

async function measure(options: Options, folder: string): Promise<void> {
  const mirror = Deno.env.get("CROSSTIE_MIRROR") ?? "";
  const published = join(folder, "encoder"), model = join(folder, "model");
  if (!await bringEncoder(encoder, published, mirror)) {
    throw new UserError({
      message: `Cannot measure without ${encoder}`,
      hint: "name a mirror that has it in CROSSTIE_MIRROR",
    });
  }
  const load = Deno.loadavg();
  const { printed } = await python(options.python, "versions");
  const versions = JSON.parse(printed.trim().split("\n").at(-1)!);
  await python(options.python, "prepare", published, model);
  const lines = (await readWikiann(mirror)).map(({ tokens }) => tokens.join(" "));
  const chosen = Array.from(
    { length: options.lines },
    (_, i) => lines[Math.floor(i * lines.length / options.lines)],
  );
  const sections = [
    await memory(lines, folder, options.threads),
    await speed(chosen, folder, model, options),
  ];
  const facts = await machineFacts({ threads: options.threads, load, versions });
  console.log([...facts, "", ...sections.flatMap((each) => [sectionText(each), ""])].join("\n"));
  if (!options.write) return;
  const command = "deno task bench:predict --python PYTHON --write";
  await Deno.writeTextFile(
    trackedFile(reportFile),
    reportMarkdown({ title: "Raw text through a model", command, facts, sections }),
  );
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(1);
}

function mebibytes(bytes: number): string {
  return (bytes / 2 ** 20).toFixed(0);
}

if (import.meta.main) {
  try {
    const options = readOptions(Deno.args);
    if (options === "help") {
      console.log(usage);
      Deno.exit(0);
    }
    await inFolder((folder) => measure(options, folder));
  } catch (error) {
    console.error(messageOf(error));
    if (error instanceof TypeError && "code" in error) console.error(`\n${usage}`);
    Deno.exit(2);
  }
}
