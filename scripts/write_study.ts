/**
 * Writes the page of a study, docs/studies/<study>.md, from its published tables and from its text,
 * experiments/<study>.md, which asks them in SQL.
 *
 * Usage: deno run -A scripts/write_study.ts slicer
 *
 * @module
 */
import { join } from "node:path";
import { projectFolder } from "../cli/folders.ts";
import type { Json } from "../lib/core/canonical_json.ts";
import { readYaml } from "../lib/core/yaml.ts";
import { readPipeline } from "../lib/plan/pipeline_file.ts";
import { answeredText, markdownTable } from "../lib/report/answered_text.ts";
import { openStudy, publishedLock, readStudy, type Study } from "../lib/report/published_study.ts";
import { type LockSection, readLock } from "../lib/store/lock.ts";
import { endWithProblems } from "./problems.ts";
import { costLines, studyCosts, totalOf } from "./study_costs.ts";

/** The profile whose scores say nothing: it shows that every stage of a study runs. */
const smoke = "smoke";
/** The profile that a study's page tells to run where only its smoke run is published. */
const wholeStudy = "cpu";

/** Where a study's page is, seen from the project. */
export function pageOf(study: string): string {
  return `docs/studies/${study}.md`;
}

/**
 * The page of a published study. Of a smoke run it has the question, the claims without verdicts,
 * and how the study is run.
 *
 * @param project its folder
 * @throws {UserError} when nothing is published, or a question of the text has no answer
 */
export async function studyPage(study: string, project = projectFolder): Promise<string> {
  const folder = join(project, "results/published", study);
  const about = await readStudy(folder);
  const text = `experiments/${study}.md`;
  using tables = await openStudy(folder);
  // Asked of a smoke run too: its questions are those of the study.
  const page = (await answeredText(
    await Deno.readTextFile(join(project, text)),
    text,
    (sql) => tables.ask(sql),
  )).trimEnd();
  const section = readLock(join(folder, publishedLock))?.[about.profile] ?? {};
  const grid = await publishedGrid(join(project, about.file));
  if (about.profile !== smoke) {
    const { rows: [[minutes]] } = await tables.ask("SELECT sum(seconds) / 60 FROM runs");
    return [page, "", ...grid, ...howItWasRun(about, section, Number(minutes)), ""].join("\n");
  }
  const [[title], question] = [page.split("\n"), page.split(/^## /m)[0]];
  return [
    title,
    "",
    "**No results yet.** The smoke run shows that every stage runs.",
    ...question.trimEnd().split("\n").slice(1),
    "",
    ...await howItIsRun(about, project, section),
    "",
    ...grid,
  ].join("\n");
}

/** What the profile `paper` trains, and the hours to expect; nothing where nobody knows. */
async function publishedGrid(file: string): Promise<string[]> {
  const { profiles } = await readPipeline({ file });
  if (!Object.hasOwn(profiles, "paper")) return [];
  const costs = await studyCosts(file, "paper");
  if (totalOf(costs).gpuHours === null) return [];
  const lines = costLines(costs);
  return [
    "## What the published grid takes",
    "",
    "Profile `paper`, by its plan.",
    "",
    ...lines,
    "",
  ];
}

/** What a study asks that has not run yet, and how somebody runs it. */
async function howItIsRun(
  { study, file }: Study,
  project: string,
  section: LockSection,
): Promise<string[]> {
  const { params } = await readPipeline({ file: join(project, file), profile: wholeStudy });
  const { claims = [] } = Object((await readYaml(join(project, file))).value) as {
    claims?: readonly { says: string; source: string }[];
  };
  return [
    "## The claims that it tests",
    "",
    ...markdownTable({
      columns: ["claim", "source"],
      rows: claims.map(({ says, source }) => [says, source]),
    }),
    "",
    "## How it is run",
    "",
    `Profile \`${wholeStudy}\` of [${file}](../../${file}):`,
    "",
    ...commands(study, file, wholeStudy),
    "",
    ...paramsTable(params),
    "",
    `The smoke run, profile \`${smoke}\`, has ${
      Object.keys(section).length
    } results; its tables and ` +
    `digests are in [results/published/${study}](../../results/published/${study}). This page is ` +
    `written by the last command, from [experiments/${study}.md](../../experiments/${study}.md).`,
  ];
}

/** What was run, where, how long all instances took together, and how somebody else runs it. */
function howItWasRun(
  { study, file, profile, params }: Study,
  section: LockSection,
  minutes: number,
): string[] {
  const runtimes = new Set(
    Object.values(section).flatMap(({ runtime }) =>
      runtime === null
        ? []
        : [`${runtime.cpu}, ${runtime.device}, onnxruntime ${runtime.onnxruntime}`]
    ),
  );
  return [
    "## How it was run",
    "",
    `Profile \`${profile}\` of [${file}](../../${file}): ${Object.keys(section).length} results, ` +
    `made on ${[...runtimes].join("; ") || "no numeric runtime"}, in ` +
    `${minutes.toFixed(0)} minutes one after the other. The digests of all of them are in ` +
    `[${publishedLock}](../../results/published/${study}/${publishedLock}).`,
    "",
    ...commands(study, file, profile),
    "",
    ...paramsTable(params),
    "",
    `This page is written by the last command, from the tables in [results/published/${study}]` +
    `(../../results/published/${study}) and from the text [experiments/${study}.md]` +
    `(../../experiments/${study}.md), which asks them in SQL.`,
  ];
}

/** What runs a profile, compares it with its lock, and publishes it. */
function commands(study: string, file: string, profile: string): string[] {
  return [
    "```sh",
    `deno task pipeline -f ${file} --profile ${profile}`,
    `deno task verify -f ${file} --profile ${profile} --lock`,
    `deno run -A scripts/publish_study.ts ${file} ${profile}`,
    `deno run -A scripts/write_study.ts ${study}`,
    "```",
  ];
}

function paramsTable(params: Study["params"]): string[] {
  const rows = Object.entries(params).map(([name, value]) => [name, shown(value)]);
  return markdownTable({ columns: ["param", "value"], rows });
}

function shown(value: Json): string {
  if (Array.isArray(value)) return value.map(shown).join(", ");
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

if (import.meta.main) {
  const [study] = Deno.args;
  if (study === undefined) {
    console.error("usage: deno run -A scripts/write_study.ts STUDY");
    Deno.exit(2);
  }
  await endWithProblems(async () => {
    const page = join(projectFolder, pageOf(study));
    await Deno.mkdir(join(projectFolder, "docs/studies"), { recursive: true });
    await Deno.writeTextFile(page, await studyPage(study));
    console.log(pageOf(study));
  });
}
