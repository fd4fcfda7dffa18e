/**
 * The catalogue of corpora, `data/sources.yaml`: which there are, and what a language of one needs.
 *
 * @module
 */
import { fileURLToPath } from "node:url";
import { Diagnostics } from "../core/diagnostics.ts";
import { UserError } from "../core/errors.ts";
import { nearest } from "../core/suggest.ts";
import { parseYaml, readYaml, type YamlDocument } from "../core/yaml.ts";
import { agreeingEntry } from "./catalogue_checks.ts";
import { catalogueSchema, type CorpusEntry } from "./catalogue_schema.ts";
import type { Pins } from "./fetch_url.ts";
import type { Split } from "./tagged.ts";

/** Every corpus by its name. */
export type Catalogue = ReadonlyMap<string, CorpusEntry>;

/** A file that a language of a corpus is made of. */
export interface SourceFile {
  /** The split it holds, or `archive` for all of them. */
  readonly holds: Split | "archive";
  readonly url: string;
  readonly pins: Pins;
  /** Why the address serves nothing on the web. */
  readonly mirrorOnly?: string;
}

/** One language of one corpus. */
export interface CorpusSource {
  readonly corpus: string;
  readonly language: string;
  readonly entry: CorpusEntry;
  /** What must be fetched; nothing for embedded corpora. */
  readonly files: readonly SourceFile[];
}

const root = new URL("../..", import.meta.url);
let shared: Promise<Catalogue> | undefined;

/** The absolute path of a tracked file, given from the root of the repository. */
export function trackedFile(path: string): string {
  return fileURLToPath(new URL(path, root));
}

/** Where {@linkcode standardCatalogue} is kept, an absolute path. */
export const catalogueFile = trackedFile("data/sources.yaml");

/**
 * The catalogue of this repository, read once per process.
 *
 * @throws {UserError} with every problem of `data/sources.yaml` and its place
 */
export function standardCatalogue(): Promise<Catalogue> {
  shared ??= readYaml(catalogueFile, "data/sources.yaml").then(checkCatalogue);
  return shared;
}

/**
 * Parses and checks a catalogue.
 *
 * @param file the name that errors show
 * @throws {UserError} with every problem and its place
 */
export function parseCatalogue(text: string, file: string): Catalogue {
  return checkCatalogue(parseYaml(text, file));
}

function checkCatalogue(document: YamlDocument): Catalogue {
  const diagnostics = new Diagnostics(document);
  const catalogue = new Map<string, CorpusEntry>();
  const { data, error } = catalogueSchema.safeParse(document.value);
  if (error) diagnostics.addIssues(error.issues, [], catalogueSchema);
  const corpora = data?.corpora;
  if (data && (corpora === null || typeof corpora !== "object" || Array.isArray(corpora))) {
    diagnostics.add(["corpora"], 'Cannot use this as "corpora"', { hint: "expected a mapping" });
  }
  for (const [name, entry] of Object.entries(corpora ?? {})) {
    const checked = agreeingEntry.safeParse(entry);
    if (checked.success) catalogue.set(name, checked.data);
    else diagnostics.addIssues(checked.error.issues, ["corpora", name], agreeingEntry);
  }
  if (diagnostics.failed) throw new UserError(diagnostics.all());
  return catalogue;
}

/**
 * Looks up one language of one corpus.
 *
 * @throws {UserError} naming the known corpora or languages, and the one probably meant
 */
export function findSource(catalogue: Catalogue, corpus: string, language: string): CorpusSource {
  const entry = catalogue.get(corpus);
  if (!entry) {
    throw new UserError({
      message: `Cannot find the corpus "${corpus}" in data/sources.yaml`,
      hint: hintFor(corpus, [...catalogue.keys()]),
      param: ["corpus"],
    });
  }
  if (!entry.languages.includes(language)) {
    const own = entry.aliases.get(language);
    throw new UserError({
      message: `Cannot find the language "${language}" in the corpus "${corpus}"`,
      hint: own
        ? `this corpus spells it "${own}"`
        : `${hintFor(language, entry.languages)} (${entry.languages.length} languages)`,
      param: ["language"],
    });
  }
  return { corpus, language, entry, files: filesOf(entry, language) };
}

/** The word probably meant, and all known ones. */
function hintFor(word: string, known: readonly string[]): string {
  const list = `known here: ${known.join(", ")}`;
  const near = nearest(word, known);
  return near === undefined ? list : `did you mean "${near}"? ${list}`;
}

function filesOf(entry: CorpusEntry, language: string): SourceFile[] {
  if (entry.format === "sample") return [];
  const { url, mirrorOnly } = entry;
  const parts = { ...entry.parts.get(language), language };
  const file = (holds: Split | "archive", split: string): SourceFile => ({
    holds,
    url: Object.entries({ ...parts, split }).reduce(
      (address, [name, value]) => address.replaceAll(`{${name}}`, () => value),
      url,
    ),
    pins: {
      sha256: entry.sha256.get(language)?.[holds],
      mirrorSha256: entry.mirrorSha256.get(language)?.[holds],
    },
    mirrorOnly,
  });
  if (entry.format === "wikiann_archive") return [file("archive", "")];
  return (Object.entries(splitsOf(entry, language)) as [Split, string][])
    .map(([split, name]) => file(split, name));
}

/** What the source calls the splits of a language. */
export function splitsOf(entry: CorpusEntry, language: string): CorpusEntry["splits"] {
  return entry.languageSplits.get(language) ?? entry.splits;
}
