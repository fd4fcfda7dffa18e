/**
 * Measurements as tables, for the terminal and for `docs/measurements/`.
 *
 * @module
 */
import { alignedTable, formatResult } from "../../cli/text_table.ts";
import type { RowResult } from "./comparison.ts";
import type { MemoryMark } from "./memory.ts";
import { partNames } from "./our_steps.ts";
import type { KernelTime } from "./profile.ts";

/** A table with a title and what one must know to read it. */
export interface Section {
  readonly title: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
  readonly notes: readonly string[];
}

/** Speed, memory and products: ratios first. */
export function comparisonSection(results: readonly RowResult[]): Section {
  return {
    title: "crosstie and PyTorch in turns",
    columns: [
      ...["row", "tokens/s ÷ PyTorch's", "least … greatest", "÷ PyTorch's in bfloat16"],
      "peak memory ÷ PyTorch's",
      ...[
        "tokens/s",
        "PyTorch",
        "peak MiB",
        "PyTorch's",
        "products, GFLOP/s",
        "plain Gemm",
        "share",
      ],
    ],
    rows: results.map(({ row, ours, torch, ratio, bfloat16Ratio, achieved, products }) => [
      row.name,
      ratio.median.toFixed(2),
      `${ratio.least.toFixed(2)} … ${ratio.greatest.toFixed(2)}`,
      bfloat16Ratio?.median.toFixed(2) ?? "–",
      (ours.peakBytes / torch.peakBytes).toFixed(2),
      ours.tokensPerSecond.toFixed(0),
      torch.tokensPerSecond.toFixed(0),
      mebibytes(ours.peakBytes),
      mebibytes(torch.peakBytes),
      (achieved / 1e9).toFixed(0),
      (products / 1e9).toFixed(0),
      percent(achieved / products),
    ]),
    notes: [
      "Tokens are real ones, without padding; tokens/s and the ratio are medians over the rounds, and a step is everything from sentences to new weights. Peak memory is the process's own (VmHWM).",
      "Products: the floating-point operations of the executed matrix products over the whole step's time, and their share of the rate of plain Gemm operators on the same rows and widths, forward and backward, measured in the same rounds.",
      ...results.map(rowNote),
    ],
  };
}

function rowNote({ row, tokens, rows, attention, lossDifference }: RowResult): string {
  const padding = rows > tokens ? `; ${percent(1 - tokens / rows)} of our rows are padding` : "";
  const losses = lossDifference === undefined
    ? ""
    : `; from equal weights without dropout, the losses of 5 steps differ by at most ${
      lossDifference.toExponential(1)
    }`;
  return `${row.name}: ${row.title}; ${tokens.toFixed(0)} tokens a step${padding}; ` +
    `PyTorch with ${attention} attention${losses}.`;
}

/** The parts of our step. */
export function partsSection(results: readonly RowResult[]): Section {
  return {
    title: "Our step by parts",
    columns: ["row", "step, ms", ...partNames, "overhead"],
    rows: results.map(({ row, stepMs, parts }) => [
      row.name,
      stepMs.toFixed(1),
      ...partNames.map((name) => percent(parts[name] / stepMs, 1)),
      percent(1 - (parts.runtime + parts.optimizer) / stepMs, 1),
    ]),
    notes: [
      "runtime: within ONNX Runtime's run(); optimizer: clipping and AdamW, also of embedding rows that a batch reads; batch: its tensors; masks: those of dropout; feeds: checks and tensors around run(); rows: embedding gradients and the rest of the gradients' own work. Overhead is what is neither runtime nor optimizer.",
    ],
  };
}

/** The twelve operator types that take most time. */
export function profileSection(name: string, times: readonly KernelTime[]): Section {
  const total = times.reduce((sum, { ms }) => sum + ms, 0);
  return {
    title: `Kernels of a step: ${name}`,
    columns: ["operator", "share", "ms", "kernels"],
    rows: times.slice(0, 12).map(({ opType, share, ms, count }) => [
      opType,
      percent(share, 1),
      ms.toFixed(1),
      count.toFixed(0),
    ]),
    notes: [`All kernels take ${total.toFixed(0)} ms a step, with the runtime's profiler on.`],
  };
}

/** Resident memory over the steps of a tiny model. */
export function memorySection(marks: readonly MemoryMark[]): Section {
  const [first, middle, last] = [0, Math.ceil(marks.length / 2) - 1, marks.length - 1]
    .map((i) => marks[i]);
  const growth = (from: MemoryMark) => mebibytes(last.residentBytes - from.residentBytes, 1);
  return {
    title: "Memory of a long training",
    columns: ["steps", "resident MiB"],
    rows: marks.map(({ steps, residentBytes }) => [String(steps), mebibytes(residentBytes, 1)]),
    notes: [
      `2 layers × 64, sentences of 3 to 60 pieces: at the end, ${growth(first)} MiB more than at ` +
      `step ${first.steps}, and ${growth(middle)} MiB more than at step ${middle.steps}.`,
    ],
  };
}

/** A section for the terminal: numbers on the right. */
export function sectionText({ title, columns, rows, notes }: Section): string {
  const table = alignedTable(columns, rows, columns.map((_, i) => i > 0));
  return [title, "", table, "", ...notes].join("\n");
}

/** A section in Markdown. */
export function sectionMarkdown({ title, columns, rows, notes }: Section): string {
  const table = formatResult(
    { columns: [...columns], rows: rows.map((row) => [...row]) },
    "markdown",
  );
  return [`## ${title}`, "", table, "", ...notes.map((note) => `- ${note}`)].join("\n");
}

/** The whole document. */
export function reportMarkdown(
  { title, command, facts, sections }: {
    title: string;
    command: string;
    facts: readonly string[];
    sections: readonly Section[];
  },
): string {
  return [
    `# ${title}`,
    "",
    `Printed by \`${command}\`. Ratios compare within this run only.`,
    "",
    ...facts.map((fact) => `- ${fact}`),
    ...sections.flatMap((section) => ["", sectionMarkdown(section)]),
    "",
  ].join("\n");
}

function mebibytes(bytes: number, digits = 0): string {
  return (bytes / 2 ** 20).toFixed(digits);
}

function percent(share: number, digits = 0): string {
  return `${(100 * share).toFixed(digits)} %`;
}
