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
import { answeredText, markdownTable } from "../lib/report/answered_text.ts";
import { openStudy, publishedLock, readStudy, type Study } from "../lib/report/published_study.ts";
import { type LockSection, readLock } from "../lib/store/lock.ts";
import { readPipeline } from "../lib/plan/pipeline_file.ts";
import { endWithProblems } from "./problems.ts";
import { costLines, studyCosts, totalOf } from "./study_costs.ts";

/** What stands on the page of a run that only shows that everything fits together. */
const smokeWarning =
  "> **This is a smoke run.** It shows that everything fits together; its scores " +
  "and verdicts say nothing about the claims.";

/** Where a study's page is, seen from the project. */
export function pageOf(study: string): string {
  return `docs/studies/${study}.md`;
}

/**
 * The page of a published study.
 *
 * @param project its folder
 * @throws {UserError} when nothing is published, or a question of the text has no answer
 */
export async function studyPage(study: string, project = projectFolder): Promise<string> {
  const folder = join(project, "results/published", study);
  const about = await readStudy(folder);
  const text = `experiments/${study}.md`;
  using tables = await openStudy(folder);
  const page = await answeredText(
    await Deno.readTextFile(join(project, text)),
    text,
    (sql) => tables.ask(sql),
  );
  const section = readLock(join(folder, publishedLock))?.[about.profile] ?? {};
  const [title, ...rest] = page.trimEnd().split("\n");
  const warning = about.profile === "smoke" ? ["", smokeWarning] : [];
  const grid = await publishedGrid(join(project, about.file));
  return [title, ...warning, ...rest, "", ...grid, ...howItWasRun(about, section), ""].join("\n");
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

/** What was run, where, and how somebody else runs it. */
function howItWasRun({ study, file, profile, params }: Study, section: LockSection): string[] {
  const runtimes = new Set(
    Object.values(section).flatMap(({ runtime }) =>
      runtime === null
        ? []
        : [`${runtime.cpu}, ${runtime.device}, onnxruntime ${runtime.onnxruntime}`]
    ),
  );
  const told = Object.entries(params).map(([name, value]) => [name, shown(value)]);
  return [
    "## How it was run",
    "",
    `Profile \`${profile}\` of [${file}](../../${file}): ${Object.keys(section).length} results, ` +
    `made on ${
      [...runtimes].join("; ") || "no numeric runtime"
    }. The digests of all of them are in ` +
    `[${publishedLock}](../../results/published/${study}/${publishedLock}).`,
    "",
    "```sh",
    `deno task pipeline -f ${file} --profile ${profile}`,
    `deno task verify -f ${file} --profile ${profile} --lock`,
    `deno run -A scripts/publish_study.ts ${file} ${profile}`,
    `deno run -A scripts/write_study.ts ${study}`,
    "```",
    "",
    ...markdownTable({ columns: ["param", "value"], rows: told }),
    "",
    `This page is written by the last command, from the tables in [results/published/${study}]` +
    `(../../results/published/${study}) and from the text [experiments/${study}.md]` +
    `(../../experiments/${study}.md), which asks them in SQL.`,
  ];
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
