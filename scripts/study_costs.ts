/**
 * Prints how a profile of an experiment trains published encoders and the hours to expect, from its plan
 * alone: nothing is fetched and nothing runs.
 *
 * Usage: deno run -A scripts/study_costs.ts experiments/slicer.yaml [PROFILE]   (default: paper)
 *
 * @module
 */
import { join } from "node:path";
import { projectFolder } from "../cli/folders.ts";
import { UserError } from "../lib/core/errors.ts";
import { findEncoder, standardEncoders } from "../lib/encoders/catalogue.ts";
import { standardShare } from "../lib/models/masked/masking.ts";
import { markdownTable } from "../lib/report/answered_text.ts";
import { makePlan } from "../lib/plan/plan.ts";
import { stages } from "../stages/mod.ts";
import { endWithProblems } from "./problems.ts";
import { type PlannedTraining, plannedTrainings } from "./planned_trainings.ts";

/**
 * Mean pieces of a training sentence by the vocabulary of XLM-R, special tokens included: of WikiANN in
 * nine languages, as docs/measurements/training_cpu_intel.md has it (466 in 32); of the others in the
 * corpora mirror, mean of the languages that transfer_guide and sentiment train on, profile cpu:
 * SELECT language, avg(len(inputIds)) FROM examples WHERE split = 'train' GROUP BY ALL.
 */
const pieces: Readonly<Record<string, number>> = {
  "wikiann": 466 / 32,
  "ud": 30.8,
  "ud-dev-as-train": 30.8,
  "masakhaner": 50.5,
  "sentiment": 33.4,
  "sentiment-valid-as-train": 33.4,
};

/** What the authors of SLICER report: a training with its evaluation (Schmidt et al. 2022, A.1). */
const published = { encoder: "xlm-roberta-base", sentences: 20_000 * 10, hours: 1.5 };

/** Training on two cores: the row of a table of docs/measurements that has tokens per second. */
const measured: Readonly<Record<string, { readonly file: string; readonly row: string }>> = {
  "xlm-roberta-base": { file: "training_cpu_amd.md", row: "xlmr-base" },
  "distilbert-base-multilingual-cased": { file: "training_cpu_amd.md", row: "distilbert" },
  "multilingual-e5-small": { file: "training_cpu_intel.md", row: "e5-small" },
};

/** The trainings of a stage, and how long they take; null where nothing says it. */
export interface StageCost {
  readonly stage: string;
  readonly trainings: number;
  readonly steps: number;
  /** Sentences read, again in every epoch. */
  readonly sentences: number;
  /** Of one V100, by the published rate, evaluation included. */
  readonly gpuHours: number | null;
  /** Of two cores, by the rate measured here, evaluation not included. */
  readonly coreHours: number | null;
}

/**
 * What a profile trains, stage by stage.
 *
 * @throws {UserError} when the file cannot be planned
 */
export async function studyCosts(file: string, profile: string): Promise<StageCost[]> {
  const { plan } = await makePlan({ file, profile }, stages);
  const costs = new Map<string, StageCost>();
  for (const training of plannedTrainings(plan)) {
    const { stage, steps, sentences } = training;
    const before = costs.get(stage);
    const hours = await hoursOf(training);
    costs.set(stage, {
      stage,
      trainings: (before?.trainings ?? 0) + 1,
      steps: (before?.steps ?? 0) + steps,
      sentences: (before?.sentences ?? 0) + sentences,
      gpuHours: sum(before?.gpuHours ?? (before ? null : 0), hours.gpu),
      coreHours: sum(before?.coreHours ?? (before ? null : 0), hours.cores),
    });
  }
  return [...costs.values()];
}

/** Of all stages; hours are null where those of one are. */
export function totalOf(costs: readonly StageCost[]): StageCost {
  return costs.reduce((total, each) => ({
    stage: "all",
    trainings: total.trainings + each.trainings,
    steps: total.steps + each.steps,
    sentences: total.sentences + each.sentences,
    gpuHours: sum(total.gpuHours, each.gpuHours),
    coreHours: sum(total.coreHours, each.coreHours),
  }), { stage: "all", trainings: 0, steps: 0, sentences: 0, gpuHours: 0, coreHours: 0 });
}

/** The lines of a page: the table, and how its hours are made. */
export function costLines(costs: readonly StageCost[]): string[] {
  const total = totalOf(costs);
  const isTimed = total.gpuHours !== null || total.coreHours !== null;
  const rows = [...costs, total].map((each) => [
    each === total ? "**all**" : each.stage,
    each.trainings,
    each.steps,
    each.sentences,
    ...isTimed ? [hourText(each.gpuHours), hourText(each.coreHours)] : [],
  ]);
  const columns = ["stage", "trainings", "steps", "sentences read"];
  const table = { columns: [...columns, ...isTimed ? ["V100, h", "two cores, h"] : []], rows };
  return [...markdownTable(table), "", aboutCounts, "", isTimed ? aboutHours : aboutNoHours];
}

const aboutCounts =
  "Trainings, their optimizer steps, and the sentences that these read, again in every epoch: too many " +
  "where a corpus has fewer than its limit.";
const aboutHours =
  "Hours of a V100 are by the rate that SLICER's authors report for XLM-R base, 1.5 h for 10 epochs of " +
  "20,000 WikiANN sentences with their evaluation (Schmidt et al. 2022, A.1), so that evaluation is in " +
  "them; no graphics processor has run it here. Hours of two cores are by the tokens per second of " +
  "training that were measured here ([xlmr-base, distilbert](../measurements/training_cpu_amd.md), " +
  "[e5-small](../measurements/training_cpu_intel.md)), without evaluation. Both count pieces of real " +
  "sentences and the products of an encoder's layers, and of a head over the vocabulary, as if all " +
  "weights were trained: adapters and a frozen encoder take less.";
const aboutNoHours =
  "How long they take is not known: nobody counted the pieces of their sentences.";

/** Hours of a training on a V100 and on two cores. */
async function hoursOf(
  { encoder, corpora, sentences, masks }: PlannedTraining,
): Promise<{ gpu: number | null; cores: number | null }> {
  const isKnown = corpora.every((name) => Object.hasOwn(pieces, name));
  if (!isKnown || !(await workOf(encoder, false))) return { gpu: null, cores: null };
  const mean = corpora.reduce((total, name) => total + pieces[name], 0) / corpora.length;
  const work = (await workOf(encoder, masks))! * mean * sentences;
  const ofPublished = (await workOf(published.encoder, false))! * pieces.wikiann *
    published.sentences;
  const row = Object.hasOwn(measured, encoder) ? measured[encoder] : undefined;
  const perSecond = row && await measuredRate(row.file, row.row);
  return {
    gpu: published.hours * work / ofPublished,
    cores: perSecond === undefined
      ? null
      : work / (await workOf(encoder, false))! / perSecond / 3600,
  };
}

/** Multiplications for a piece in the products of an encoder, forward; undefined where not known. */
async function workOf(encoder: string, masks: boolean): Promise<number | undefined> {
  const { shape } = findEncoder(await standardEncoders(), encoder);
  if (!shape) return undefined;
  const { layers, width, inner, vocabulary } = shape;
  return layers * (4 * width ** 2 + 2 * width * inner) +
    (masks ? standardShare * vocabulary * width : 0);
}

/**
 * Tokens per second of a row of docs/measurements.
 *
 * @throws {UserError} when the file has no such row
 */
export async function measuredRate(file: string, row: string): Promise<number> {
  const path = join(projectFolder, "docs/measurements", file);
  const lines = (await Deno.readTextFile(path)).split("\n").map((line) =>
    line.split("|").map((cell) => cell.trim())
  );
  const header = lines.findIndex((cells) => cells.includes("tokens/s"));
  const found = lines.slice(header).find(([, name]) => name === row);
  const rate = Number(found?.[lines[header]?.indexOf("tokens/s")]);
  if (rate > 0) return rate;
  throw new UserError({
    message: `Cannot find the tokens per second of "${row}" in ${path}`,
    hint: "measure it again: deno task bench:train --help",
  });
}

function sum(a: number | null, b: number | null): number | null {
  return a === null || b === null ? null : a + b;
}

function hourText(hours: number | null): string | null {
  return hours === null ? null : hours.toFixed(hours < 10 ? 1 : 0);
}

if (import.meta.main) {
  const [file, profile = "paper"] = Deno.args;
  if (file === undefined) {
    console.error("usage: deno run -A scripts/study_costs.ts FILE [PROFILE]");
    Deno.exit(2);
  }
  await endWithProblems(async () =>
    console.log(costLines(await studyCosts(file, profile)).join("\n"))
  );
}
