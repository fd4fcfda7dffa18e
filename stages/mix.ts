/**
 * Tokenized corpora of several languages → the sentences that a training reads: k of each, in given
 * shares, or sampled with a temperature.
 *
 * @module
 */
import { z } from "zod";
import { forPeople } from "../lib/core/words.ts";
import { examplesOf, formatOf } from "../lib/experiment/examples.ts";
import { mixtureOf } from "../lib/experiment/mixture.ts";
import { askedOf, balanceProblem, unnamedProblem } from "../lib/experiment/mixture_pools.ts";
import { shareProblems } from "../lib/experiment/mixture_shares.ts";
import { count, seed } from "../lib/plan/bounds.ts";
import { defineStage, file, table } from "../lib/plan/stage.ts";
import { concatenateTables, writeTable } from "../lib/table/parquet_tables.ts";
import { byPlace, type ExampleRow, examplesTable } from "../lib/table/schemas/examples.ts";
import { labelsTable, mixtureTable } from "../lib/table/schemas/mixture.ts";

/** As far as sums of decimal shares are off. */
const shareTolerance = 1e-9;

const fields = z.strictObject({
  k: z.union([count.positive(), z.record(z.string(), count.positive())], {
    error: "expected a number above 0, or one for each language by its code",
  }).optional().describe(
    "sentences of each language, or of each by its code, drawn at random: those of a smaller k are " +
      "among those of a larger",
  ),
  factor: z.number().gt(0).max(1).default(1).describe(
    "this part of k, rounded: one number makes a whole study smaller",
  ),
  balanced: z.boolean().default(false).describe(
    "as many texts of each class, by the right answer: of k, or all that the rarest class allows",
  ),
  shares: z.record(z.string(), z.number().min(0).max(1)).optional().describe(
    "what part of an epoch's sentences each language gets; they sum to 1",
  ),
  alpha: z.number().min(0).max(1, { error: alphaError }).optional().describe(
    "a language of n sentences is sampled in proportion to n^alpha: 1 as it is, 0 all alike",
  ),
  temperature: z.number().min(1, { error: temperatureError }).optional().describe("1 / alpha"),
  cap: count.positive().optional().describe(
    "the most sentences of a language that count, and that an epoch reads",
  ),
  size: count.positive().optional().describe(
    "sentences of an epoch; by default as many as there are, by k and the cap",
  ),
  epochs: z.int().min(1).max(1000).optional().describe(
    "epochs that read sentences of their own, as many as the training has; by default 1, or as " +
      "many as the corpora have variants",
  ),
  seed: seed.default(1).describe("which sentences are drawn"),
});

const params = fields.superRefine((given, { addIssue }) => {
  const refuse = (path: string, message: string) =>
    addIssue({ code: "custom", path: [path], message });
  const { k, factor, shares, alpha, temperature, cap } = given;
  if (factor !== 1 && k === undefined) {
    refuse("factor", "expected k beside it, which it is part of");
  }
  if (alpha !== undefined && temperature !== undefined) {
    refuse("temperature", "expected alpha or temperature: each says the other");
  }
  if (!shares) return;
  for (const other of ["alpha", "temperature", "cap"] as const) {
    const why = "expected none beside shares, which say what each language gets";
    if ({ alpha, temperature, cap }[other] !== undefined) refuse(other, why);
  }
  const sum = Object.values(shares).reduce((sum, share) => sum + share, 0);
  if (Math.abs(sum - 1) > shareTolerance) {
    refuse("shares", `expected shares that sum to 1: these sum to ${Number(sum.toFixed(9))}`);
  }
});

function alphaError({ input }: { input?: unknown }): string {
  return `expected at most 1: temperature: ${input} is alpha: ${rounded(1 / Number(input))}`;
}

function temperatureError({ input }: { input?: unknown }): string {
  return `expected at least 1: what papers call a temperature of ${input} is alpha: ${input}, or ` +
    `temperature: ${rounded(1 / Number(input))}`;
}

function rounded(value: number): number {
  return Number(value.toPrecision(3));
}

/** Writes what a tokenize stage writes, so that any training takes it. */
export const mix = defineStage({
  kind: "mix",
  about: forPeople("chooses the sentences of tokenized corpora that a training reads"),
  params,
  inputs: {
    examples: {
      about: "tokenized corpora of any languages and of one task",
      takes: "many",
      files: ["train.parquet", "validation.parquet", "test.parquet", "encoding.json"],
    },
  },
  outputs: {
    "train.parquet": table(examplesTable),
    "validation.parquet": table(examplesTable),
    "test.parquet": table(examplesTable),
    "encoding.json": file("the tokenizer and the names of the answers, which a model must share"),
    "mixture.parquet": table(mixtureTable),
    "labels.parquet": table(labelsTable),
  },

  refusesInput({ balanced }, _, told) {
    const [asks] = told.asks ?? [];
    return balanced && asks !== undefined && asks !== "sentences"
      ? balanceProblem(asks)
      : undefined;
  },

  refusesHeld: ({ shares, k: asked, factor }, _, held) => [
    ...shareProblems(shares, [...new Set(held.map(({ language }) => language))].sort()),
    ...held.flatMap(({ corpus, language, train }) => {
      if (train === 0) {
        return [{
          message: `Cannot mix ${language} (${corpus}): its limit leaves no training sentences`,
          hint: "leave it out with where, or raise the limit",
        }];
      }
      const others = held.filter((other) => other.language === language).length > 1;
      const k = askedOf({ k: asked, factor }, language);
      if (k === undefined && asked !== undefined) return [unnamedProblem(language)];
      if (k === undefined || train === undefined || others || k <= train) return [];
      return [{
        message: `Cannot take ${k} sentences of ${language} (${corpus}): its limit leaves ${train}`,
        hint: "make k smaller, or raise the limit",
        param: ["k"],
      }];
    }),
  ],

  async run({ params, inputs, output, resumeFolder, log }) {
    const format = await formatOf(inputs.examples);
    const corpora = await Promise.all(inputs.examples.map(async (input) => ({
      instance: input.instance,
      rows: await examplesOf("train", [input]),
    })));
    const { train, rows, labels, languages, lines } = mixtureOf(corpora, format, params);
    for (const line of lines) log(line);
    await writeParts(output("train.parquet"), resumeFolder, train);
    for (const split of ["validation", "test"] as const) {
      const own = (await examplesOf(split, inputs.examples))
        .filter(({ language }) => languages.has(language));
      await writeTable(examplesTable, output(`${split}.parquet`), own.sort(byPlace));
    }
    await Deno.writeTextFile(output("encoding.json"), JSON.stringify(format, null, 2) + "\n");
    await writeTable(mixtureTable, output("mixture.parquet"), rows);
    await writeTable(labelsTable, output("labels.parquet"), labels);
  },
});

/** Writes rows one part after the other, as all of them may not fit into memory. */
async function writeParts(
  path: string,
  folder: string,
  parts: Iterable<readonly ExampleRow[]>,
): Promise<void> {
  await Deno.mkdir(folder, { recursive: true });
  const written: string[] = [];
  for (const rows of parts) {
    const part = `${folder}/train-${written.length}.parquet`;
    await writeTable(examplesTable, part, rows);
    written.push(part);
  }
  await concatenateTables(examplesTable, path, written);
  for (const part of written) await Deno.remove(part);
}
