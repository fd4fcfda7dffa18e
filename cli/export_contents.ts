/**
 * What an export holds: gathered first, written then.
 *
 * @module
 */
import { basename, dirname, join } from "node:path";
import { readManifest, type ResultManifest } from "../lib/table/result_manifest.ts";
import { readYaml } from "../lib/core/yaml.ts";
import { bibliography, standardCitations } from "../lib/export/citations.ts";
import { filesIn } from "../lib/export/export_folder.ts";
import { modelCard } from "../lib/export/model_card.ts";
import { writePaper } from "../lib/export/paper.ts";
import { resultsPage } from "../lib/export/results_page.ts";
import { crateName, roCrate } from "../lib/export/ro_crate.ts";
import type { Judge } from "../lib/pipeline/freshness.ts";
import { readPipeline } from "../lib/plan/pipeline_file.ts";
import type { Facts } from "../lib/report/facts.ts";
import { tablesOfText } from "../lib/report/published_study.ts";
import { pageLimits, rowsOf } from "../lib/report/results.ts";
import { shownAnswer } from "../lib/report/shown_answer.ts";
import { objectName, recordName } from "../lib/store/layout.ts";
import { formatLock, lockFileOf, updateSection } from "../lib/store/lock.ts";
import type { RunRecord } from "../lib/store/record.ts";
import type { Store } from "../lib/store/store.ts";
import { ReadOnlyTables } from "../lib/table/read_only.ts";
import type { Views } from "../lib/table/views.ts";
import { sqlName } from "../lib/table/sql_text.ts";
import { encodersOf, type ExportedModel, modelsOf } from "./export_models.ts";
import { factsOfRun } from "./report_facts.ts";
import { resultViews } from "./results.ts";

/** What is chosen. */
export interface ExportOptions {
  /** Ids of instances. */
  readonly models: ReadonlySet<string>;
  readonly set: readonly string[];
  readonly profile?: string;
  readonly texts?: true;
  readonly store?: true;
  readonly latex?: true;
}

/** An export that is ready to be written. */
export interface CollectedExport {
  /** Instances that it lacks. */
  readonly notFresh: readonly string[];
  /** Writes it into an empty folder. */
  write(folder: string): Promise<void>;
}

/** Tables that a README and a paper show as matrices. */
const shownTables = ["transfer", "comparisons", "intervals"];

/**
 * Gathers an export of one pipeline file.
 *
 * @throws {UserError} when there are no results
 */
export async function collectExport(
  judge: Judge,
  options: ExportOptions,
): Promise<CollectedExport> {
  const { plan: { studies: [study], instances }, workspace } = judge;
  const { store } = workspace;
  const results = join(workspace.resultsFolder, study.place);
  const views = await resultViews(results);
  const manifest = await readManifest(results);
  const states = await judge.assess(undefined, undefined, { reach: "bring" });
  const records = new Map<string, RunRecord>();
  for (const { id, name } of instances) {
    const state = states.get(id);
    if (state?.kind === "fresh") records.set(name, state.record);
  }
  const notFresh = instances.filter(({ name }) => !records.has(name)).map(({ id }) => id);
  const models = await modelsOf(judge, states, options.models);
  const chosen = { file: study.file, profile: options.profile, set: options.set };
  const { params } = await readPipeline(chosen);
  const { about } = Object((await readYaml(study.file)).value) as { about?: string };
  const encoders = encodersOf(instances);
  return {
    notFresh,
    write: async (folder) => {
      using tables = await ReadOnlyTables.open(views, pageLimits);
      const facts = await factsOfRun({ ...chosen, about, params }, manifest, store, tables);
      await writeAll({ folder, options, views, tables, facts, models, records, store, encoders });
    },
  };

  async function writeAll(given: {
    readonly folder: string;
    readonly options: ExportOptions;
    readonly views: Views;
    readonly tables: ReadOnlyTables;
    readonly facts: Facts;
    readonly models: readonly ExportedModel[];
    readonly records: ReadonlyMap<string, RunRecord>;
    readonly store: Store;
    readonly encoders: readonly string[];
  }): Promise<void> {
    const { folder, facts, tables } = given;
    const written = await writeTables(tables, Object.keys(views), folder, options.texts === true);
    for (const model of models) await writeModel(join(folder, "models", model.folder), model);
    const pipelineFile = basename(study.file);
    const lockFile = basename(lockFileOf(study.file));
    await Deno.copyFile(study.file, join(folder, pipelineFile));
    const section = updateSection({}, records, true);
    await Deno.writeTextFile(join(folder, lockFile), formatLock({ [study.profile]: section }));
    const citations = bibliography(await standardCitations(), {
      corpora: facts.corpora.map(({ name }) => name),
      encoders,
    });
    await Deno.writeTextFile(join(folder, "citations.bib"), citations);
    if (options.store) await copyStore(store, [...records.values()], join(folder, "store"));
    const shown: { name: string; shown: ReturnType<typeof shownAnswer> & object }[] = [];
    for (const name of shownTables.filter((each) => written.taken.some(([own]) => own === each))) {
      const answer = shownAnswer(await tables.ask(`FROM ${sqlName(name)}`));
      if (answer) shown.push({ name, shown: answer });
    }
    if (options.latex) {
      const { paperFigures } = await import("./export_figures.ts");
      await writePaper(join(folder, "paper"), {
        title: `${facts.pipeline}, profile ${facts.profile}`,
        tables: shown,
        figures: await paperFigures(tables, Object.keys(views)),
      });
    }
    const claims = written.taken.some(([name]) => name === "claims")
      ? rowsOf(await tables.ask("SELECT id, says, verdict FROM claims"))
      : [];
    await Deno.writeTextFile(
      join(folder, "README.md"),
      resultsPage(facts, {
        shown: shown.flatMap((each) => each.shown),
        claims: claims as unknown as { id: string; says: string; verdict: string }[],
        tables: written.taken,
        leftOut: written.left,
        models: models.map((each) => each.folder),
        pipelineFile,
        lockFile,
        profile: options.profile,
        set: options.set,
        hasStore: options.store === true,
        hasPaper: options.latex === true,
      }),
    );
    const times = [...records.values()];
    await Deno.writeTextFile(
      join(folder, crateName),
      roCrate({
        name: `${facts.pipeline}, profile ${facts.profile}`,
        description: facts.about ?? `Results of the pipeline ${facts.pipeline}.`,
        madeAt: times.map(({ endedAt }) => endedAt).sort().at(-1) ?? "",
        begunAt: times.map(({ startedAt }) => startedAt).sort()[0] ?? "",
        pipelineFile,
        versions: facts.made,
        corpora: facts.corpora,
        about: (path) => aboutOf(path, manifest),
      }, await filesIn(folder)),
    );
  }
}

/** Writes each table that has rows to one file, with axes as columns. */
async function writeTables(
  tables: ReadOnlyTables,
  names: readonly string[],
  folder: string,
  withTexts: boolean,
): Promise<{ taken: [name: string, rows: number][]; left: string[] }> {
  const taken: [string, number][] = [], left: string[] = [];
  await Deno.mkdir(join(folder, "tables"));
  for (const name of [...names].sort()) {
    const { rows: [[count]] } = await tables.ask(`SELECT count(*) FROM ${sqlName(name)}`);
    if (Number(count) === 0) continue;
    if (tablesOfText.has(name) && !withTexts) left.push(name);
    else {
      await tables.export(`FROM ${sqlName(name)}`, join(folder, "tables", `${name}.parquet`));
      taken.push([name, Number(count)]);
    }
  }
  return { taken, left };
}

/** Writes a model as the hub has it. */
async function writeModel(folder: string, { files, facts }: ExportedModel): Promise<void> {
  await Deno.mkdir(folder, { recursive: true });
  for (const [name, path] of files) await copy(path, join(folder, name));
  await Deno.writeTextFile(join(folder, "README.md"), modelCard(facts));
}

/** Copies records and their contents into a store that others read, without the names of hosts. */
async function copyStore(
  store: Store,
  records: readonly RunRecord[],
  folder: string,
): Promise<void> {
  const digests = new Set<string>();
  for (const record of records) {
    const path = join(folder, recordName(record.fingerprint));
    await Deno.mkdir(dirname(path), { recursive: true });
    await Deno.writeTextFile(path, JSON.stringify({ ...record, host: "elsewhere" }));
    for (const { digest } of Object.values(record.outputs)) digests.add(digest);
  }
  for (const digest of digests) {
    const path = join(folder, objectName(digest));
    await Deno.mkdir(dirname(path), { recursive: true });
    await copy(store.objectPath(digest), path);
  }
}

/** Copies a content of the store: its own is read-only, the copy belongs to a person. */
async function copy(from: string, to: string): Promise<void> {
  await Deno.copyFile(from, to);
  await Deno.chmod(to, 0o644);
}

const names: Readonly<Record<string, string>> = {
  "README.md": "what this is, and how it is made again",
  "citations.bib": "what to cite for corpora and encoders",
  "paper/appendix.tex": "a document with all tables and figures",
};

function aboutOf(path: string, manifest: ResultManifest): string {
  const [folder, name = ""] = path.split("/");
  if (names[path]) return names[path];
  if (folder === "tables") {
    const table = name.replace(/\.parquet$/, "");
    return Object.hasOwn(manifest.tables, table) ? manifest.tables[table].about : table;
  }
  if (folder === "models") return `of the trained model ${name}`;
  if (folder === "store") return "a result by its digest, or what is known of it";
  if (folder === "paper") return "a table or figure for a paper";
  if (path.endsWith(".lock")) return "what every result is made of, and its digest";
  return "the pipeline that was run";
}
