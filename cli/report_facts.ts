/**
 * Gathers what a report says of how its results were made.
 *
 * @module
 */
import { relative } from "node:path";
import type { Json } from "../lib/core/canonical_json.ts";
import { standardCatalogue } from "../lib/corpora/catalogue.ts";
import type { ResultManifest } from "../lib/table/result_manifest.ts";
import type { Facts, UsedCorpus } from "../lib/report/facts.ts";
import { publishedLock, type Study } from "../lib/report/published_study.ts";
import { type LockSection, readLock } from "../lib/store/lock.ts";
import type { RunRecord } from "../lib/store/record.ts";
import type { Store } from "../lib/store/store.ts";
import type { ReadOnlyTables } from "../lib/table/read_only.ts";
import { sqlName } from "../lib/table/sql_text.ts";
import { projectFolder } from "./folders.ts";

/** What chose the results. */
export interface Chosen {
  readonly file: string;
  /** As it was named; undefined for the file's own, which may have no name. */
  readonly profile: string | undefined;
  readonly set: readonly string[];
  readonly about?: string;
  readonly params: Readonly<Record<string, Json>>;
}

/** The records of the instances that wrote tables, by their names, as far as the store has them. */
export function recordsOf(
  { tables }: Pick<ResultManifest, "tables">,
  store: Store,
): ReadonlyMap<string, RunRecord> {
  const records = new Map<string, RunRecord>();
  for (const { instance, fingerprint } of Object.values(tables).flatMap(({ files }) => files)) {
    const record = records.has(instance) ? undefined : store.readRecord(fingerprint);
    if (record) records.set(instance, record);
  }
  return records;
}

/** What is known of results that a run has laid out, and of the records of their makers. */
export async function factsOfRun(
  { file, profile, set, about, params }: Chosen,
  manifest: Pick<ResultManifest, "pipeline" | "profile" | "tables">,
  store: Store,
  tables: ReadOnlyTables,
): Promise<Facts> {
  const records = recordsOf(manifest, store);
  const made = [...records.values()];
  const options = [...asOptions(file, profile), ...set.map((each) => `--set ${quoted(each)}`)];
  const sources = made.flatMap((record) => Object.entries(record.sources ?? {}));
  const data = ["sentences", "texts"].flatMap((table) => manifest.tables[table]?.files ?? []);
  return {
    pipeline: manifest.pipeline,
    profile: manifest.profile,
    about,
    params: asTexts(params),
    work: [...records].map(([instance, { startedAt, endedAt }]) => ({
      stage: instance.replace(/\[.*$/s, ""),
      instance,
      start: Date.parse(startedAt),
      end: Date.parse(endedAt),
    })),
    made: [
      ...distinct("commit", made.map(commitOf)),
      ...["deno", "onnxruntime", "platform", "cpu"].flatMap((name) =>
        distinct(name, made.map(({ provenance }) => provenance.versions[name] ?? "unknown"))
      ),
      ...distinct("device", made.map(({ device }) => device)),
    ],
    corpora: await corporaIn(tables, Object.keys(manifest.tables)),
    digests: unique([
      ...sources,
      ...data.map(({ path, digest }): [string, string] => [path, digest]),
    ]),
    commands: [
      ["deno task pipeline", ...options].join(" "),
      ["deno task report", ...options].join(" "),
    ],
    remade: remadeBy(
      ["deno task pipeline", ...options].join(" "),
      Object.entries(manifest.tables).map(([name, { files }]) => [
        name,
        files.map(({ instance }) => instance),
      ]),
    ),
    sqlCommand: ["deno task sql", ...options].join(" "),
  };
}

/** What is known of published results: their params and their lock. */
export async function factsOfStudy(
  { study, about, file, profile, params, made }: Study,
  folder: string,
  tables: ReadOnlyTables,
  names: readonly string[],
): Promise<Facts> {
  const section: LockSection = readLock(`${folder}/${publishedLock}`)?.[profile] ?? {};
  const entries = Object.values(section);
  const runtimes = entries.flatMap(({ runtime }) => runtime === null ? [] : [runtime]);
  const options = asOptions(file, profile).join(" ");
  return {
    pipeline: study,
    profile,
    about,
    warning: profile === "smoke"
      ? "This is a smoke run. It shows that everything fits together; its scores and verdicts say " +
        "nothing about the claims."
      : undefined,
    params: asTexts(params),
    work: [],
    made: [
      ...made ? distinct("commit", made.commits) : [["commit", "was not kept"] as const],
      ...distinct("deno", made?.deno ?? []),
      ...distinct("onnxruntime", runtimes.map(({ onnxruntime }) => onnxruntime)),
      ...distinct("cpu", runtimes.map(({ cpu }) => cpu)),
      ...distinct("device", runtimes.map(({ device }) => device)),
    ],
    corpora: await corporaIn(tables, names),
    digests: unique(entries.flatMap(({ sources }) => Object.entries(sources ?? {}))),
    commands: [
      `deno task pipeline ${options}`,
      `deno task verify ${options} --lock`,
      `deno task report -f ${file} --published`,
    ],
    remade: remadeBy(
      `deno task pipeline ${options}`,
      names.map((name) => [
        name,
        Object.entries(section).flatMap(([instance, { outputs }]) =>
          `${name}.parquet` in outputs ? [instance] : []
        ),
      ]),
    ),
  };
}

/** The corpora whose names stand in tables, with their licences. */
async function corporaIn(tables: ReadOnlyTables, names: readonly string[]): Promise<UsedCorpus[]> {
  const used = new Set<string>();
  for (const name of names) {
    const { columns } = await tables.ask(`FROM ${sqlName(name)} LIMIT 0`);
    if (!columns.includes("corpus")) continue;
    const { rows } = await tables.ask(`SELECT DISTINCT corpus FROM ${sqlName(name)}`);
    for (const [corpus] of rows) if (corpus !== null) used.add(String(corpus));
  }
  const catalogue = await standardCatalogue();
  return [...used].sort().map((name) => {
    const entry = catalogue.get(name);
    return entry
      ? { name, title: entry.title, licence: entry.licence, note: entry.note }
      : { name, title: "files of the project", licence: "not known here" };
  });
}

/** The commands that bring the stages of each table up to date. */
function remadeBy(
  run: string,
  tables: readonly (readonly [name: string, instances: readonly string[]])[],
): [string, string][] {
  return tables.flatMap(([name, instances]): [string, string][] => {
    const stages = new Set(instances.map((instance) => instance.replace(/\[.*$/s, "")));
    return stages.size === 0 ? [] : [[name, [run, ...[...stages].sort()].join(" ")]];
  }).sort(([a], [b]) => a < b ? -1 : 1);
}

/** The commit whose code made something. */
export function commitOf({ provenance: { git } }: RunRecord): string {
  return git ? git.commit + (git.dirty ? " with changes that were not committed" : "") : "unknown";
}

function asOptions(file: string, profile: string | undefined): string[] {
  const path = relative(projectFolder, file).replaceAll("\\", "/") || file;
  return [
    ...path === "pipeline.yaml" ? [] : [`-f ${quoted(path)}`],
    ...profile === undefined ? [] : [`--profile ${quoted(profile)}`],
  ];
}

function quoted(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

function asTexts(params: Readonly<Record<string, Json>>): [string, string][] {
  return Object.entries(params).map(([name, value]) => [name, shown(value)]);
}

function shown(value: Json): string {
  if (Array.isArray(value)) return value.map(shown).join(", ");
  return typeof value === "object" && value !== null ? JSON.stringify(value) : String(value);
}

/** A thing with its values, each once, and how often where there are several. */
function distinct(what: string, values: readonly string[]): [string, string][] {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  const texts = [...counts].sort(([a], [b]) => a < b ? -1 : 1)
    .map(([value, count]) => counts.size > 1 ? `${value} (${count})` : value);
  return texts.length === 0 ? [] : [[what, texts.join("; ")]];
}

function unique(pairs: readonly (readonly [string, string])[]): [string, string][] {
  return [...new Map(pairs.map((pair) => [pair.join("\n"), pair]))].map(([, [what, digest]]) =>
    [what, digest] as [string, string]
  ).sort(([a], [b]) => a < b ? -1 : 1);
}
