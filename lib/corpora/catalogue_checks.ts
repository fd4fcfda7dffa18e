/**
 * What the parts of a catalogue entry must have in common.
 *
 * @module
 */
import { iob2Tags } from "../core/tags.ts";
import { type CorpusEntry, entrySchema, type TextsEntry } from "./catalogue_schema.ts";
import { sameLabel } from "./label_spelling.ts";
import { type Split } from "./tagged.ts";

/** Hears of what contradicts itself, at its path in the entry. */
export type Complain = (path: (string | number)[], message: string) => void;

/** One corpus of the catalogue file, whose parts agree with each other. */
export const agreeingEntry = entrySchema.superRefine((entry, context) => {
  checkEntry(entry, (path, message) => context.addIssue({ code: "custom", path, message }));
});

/** Complains about everything in an entry that contradicts itself. */
export function checkEntry(entry: CorpusEntry, complain: Complain): void {
  const requireLanguage = (language: string, path: (string | number)[]) => {
    if (entry.languages.includes(language)) return;
    complain(path, `"${language}" is none of the languages of this corpus`);
  };
  refuseTwice(entry.languages, ["languages"], complain);
  for (const [alias, language] of entry.aliases) requireLanguage(language, ["aliases", alias]);
  if (Object.keys(entry.splits).length === 0) complain(["splits"], "must name a split");
  checkSplitNames(entry.splits, ["splits"], complain);
  for (const [language, splits] of entry.languageSplits) {
    requireLanguage(language, ["languageSplits", language]);
    checkSplitNames(splits, ["languageSplits", language], complain);
  }
  checkTags(entry, complain);
  if ("labels" in entry) checkTexts(entry, complain);
  checkAddress(entry, complain);
  if (entry.format === "sample") return;
  for (const key of ["sha256", "mirrorSha256"] as const) {
    for (const [language, ofSplits] of entry[key]) {
      requireLanguage(language, [key, language]);
      const splits = entry.languageSplits.get(language) ?? entry.splits;
      for (const split of Object.keys(ofSplits)) {
        const isKnown = entry.format === "wikiann_archive"
          ? split === "archive"
          : splits[split as Split] !== undefined;
        if (!isKnown) complain([key, language, split], `"${split}" is no file of this corpus`);
      }
    }
  }
  for (const language of entry.parts.keys()) requireLanguage(language, ["parts", language]);
  if ("languageOptions" in entry) {
    for (const language of entry.languageOptions.keys()) {
      requireLanguage(language, ["languageOptions", language]);
    }
  }
}

function checkSplitNames(
  splits: CorpusEntry["splits"],
  path: (string | number)[],
  complain: Complain,
): void {
  const names = Object.values(splits);
  for (const [i, split] of Object.keys(splits).entries()) {
    if (names.indexOf(names[i]) === i) continue;
    complain([...path, split], `"${names[i]}" is another split already`);
  }
}

function checkTags(entry: CorpusEntry, complain: Complain): void {
  const { entityTypes, tags } = entry;
  refuseTwice(entityTypes ?? [], ["entityTypes"], complain);
  refuseTwice(tags ?? [], ["tags"], complain);
  if (entry.task === "ner" && !entityTypes) {
    complain(["task"], "needs `entityTypes`, the types of its entities");
  }
  if (entry.task === "pos" && !tags) complain(["task"], "needs `tags`, such as `tags: upos`");
  if (entry.format === "conllu" && !tags) {
    complain(["format"], "needs `tags`, such as `tags: upos`");
  }
  if (entityTypes && tags) complain(["tags"], "must not stand beside `entityTypes`");
  if (entry.format !== "wikiann_parquet") return;
  const { labels } = entry.options;
  const known = iob2Tags(entry.entityTypes);
  refuseTwice(labels, ["options", "labels"], complain);
  labels.forEach((label, i) => {
    if (known.includes(label)) return;
    complain(["options", "labels", i], `"${label}" is no tag of this corpus's entity types`);
  });
}

/** What a corpus of texts says of its labels, columns and splits. */
function checkTexts(entry: TextsEntry, complain: Complain): void {
  const { labels, options, task, format } = entry;
  labels.forEach((label, i) => {
    const first = labels.findIndex((each) => sameLabel(each, label));
    if (first === i) return;
    const message = labels[first] === label
      ? `"${label}" is listed twice`
      : `"${label}" is "${
        labels[first]
      }" in another spelling: name one, and map the other to it in ` +
        "`options: { labelMap: … }`";
    complain(["labels", i], message);
  });
  const { labelMap = [], dropLabels = [] } = options;
  for (const [written, label] of labelMap) {
    const at = ["options", "labelMap", written];
    if (!labels.includes(label)) complain(at, `"${label}" is none of the labels of this corpus`);
    if (labels.includes(written)) complain(at, `"${written}" is a label of this corpus itself`);
  }
  dropLabels.forEach((label, i) => {
    if (!labels.includes(label) && !labelMap.some(([written]) => written === label)) return;
    complain(["options", "dropLabels", i], `"${label}" is a label that is read`);
  });
  if (task === "entail" && options.second === undefined) {
    complain(["task"], "needs `options: { second: … }`, where the second text of a pair is");
  }
  if (format === "csv" && options.header === false) {
    for (const key of ["text", "second", "label", "language"] as const) {
      const column = options[key] ?? (key === "text" || key === "label" ? key : 1);
      if (typeof column === "number") continue;
      const path = options[key] === undefined ? ["options"] : ["options", key];
      complain(path, `needs the number of the column as \`${key}\`, as there is no header`);
    }
  }
  if (format === "json" && options.lines && options.list !== undefined) {
    complain(["options", "list"], "must not stand beside `lines: true`");
  }
  checkCut(entry, complain);
}

/** A cut makes splits that the source does not have, so that none of their rows are the same. */
function checkCut(entry: TextsEntry, complain: Complain): void {
  const { cut } = entry;
  if (!cut) return;
  if (cut.shares[cut.split] === undefined) {
    complain(["cut", "shares"], `needs a share of "${cut.split}", which is cut`);
  }
  if (Object.keys(cut.shares).length < 2) complain(["cut", "shares"], "must name two splits");
  const all = [entry.splits, ...entry.languageSplits.values()];
  if (all.some((splits) => splits[cut.split] === undefined)) {
    complain(["cut", "split"], `"${cut.split}" is none of the splits of the source`);
  }
  for (const split of Object.keys(cut.shares)) {
    if (split === cut.split || !all.some((splits) => splits[split as Split] !== undefined)) {
      continue;
    }
    complain(["cut", "shares", split], `"${split}" is a split of the source already`);
  }
}

/** Every language and split must have an address of its own, and no name in braces be unknown. */
function checkAddress(entry: CorpusEntry, complain: Complain): void {
  const isSample = entry.format === "sample";
  const template = isSample ? entry.grammar : entry.url;
  const parts = isSample ? new Map<string, Record<string, string>>() : entry.parts;
  const found = [...template.matchAll(/\{(\w*)\}/g)].map(([, name]) => name);
  const perLanguage = isSample || entry.format === "wikiann_archive";
  const ownParts = found.filter((name) => name !== "language" && name !== "split");
  const isInRows = "labels" in entry && entry.options.language !== undefined;
  const needsLanguage = entry.languages.length > 1 && parts.size === 0 && !isInRows;
  const needsSplit = !perLanguage && Object.keys(entry.splits).length > 1;
  const needed = [...needsLanguage ? ["language"] : [], ...needsSplit ? ["split"] : []];
  const allowed = ["language", ...perLanguage ? [] : ["split"]];
  const unknown = ownParts.some((name) =>
    entry.languages.some((language) => parts.get(language)?.[name] === undefined)
  );
  if (
    needed.some((name) => !found.includes(name)) || unknown ||
    found.some((name) => name === "split" && !allowed.includes(name))
  ) {
    const holes = (needed.length > 0 ? needed : allowed).map((name) => `{${name}}`).join(" and ");
    complain(
      [isSample ? "grammar" : "url"],
      `must have ${holes}, and nothing else in braces but what \`parts\` has for every language`,
    );
  }
}

function refuseTwice(
  names: readonly string[],
  path: (string | number)[],
  complain: Complain,
): void {
  names.forEach((name, i) => {
    if (names.indexOf(name) < i) complain([...path, i], `"${name}" is listed twice`);
  });
}
