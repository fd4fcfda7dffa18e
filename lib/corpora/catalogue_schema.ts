/**
 * What an entry of `data/sources.yaml` may say.
 *
 * @module
 */
import { z } from "zod";
import { everyKey } from "../core/every_key.ts";
import { type Split, splitNames, tagsOf } from "./tagged.ts";

const text = z.string().trim().min(1);
const code = z.string().regex(/^[A-Za-z][A-Za-z0-9-]*$/, "must be a language code");
const digest = z.string().regex(/^[0-9a-f]{64}$/, "must be a SHA-256 of 64 lower-case hex digits");
const splitName = z.enum(splitNames);

/** SHA-256 by language and split; an archive of all splits has the split name `archive`. */
const pins = everyKey(
  z.record(code, everyKey(z.partialRecord(z.enum([...splitNames, "archive"]), digest))),
).default({});

const common = {
  title: text,
  task: z.literal("ner"),
  licence: text,
  /** What a user of the corpus should know. */
  note: text.optional(),
  /** Languages as the corpus spells them, with spaces between. */
  languages: text.transform((codes) => codes.split(/\s+/)).pipe(z.array(code)),
  /** Other codes of the same languages, for error messages. */
  aliases: everyKey(z.record(code, code)).default({}),
  /** What the source calls its splits. */
  splits: everyKey(z.partialRecord(splitName, text)),
  entityTypes: z.array(z.string().regex(/^[A-Z]+$/, "must be upper case")).min(1),
};

const fetched = {
  url: z.string().regex(/^https?:\/\/[^?#]+$/, "must be an http(s) address without query"),
  /** Why the address serves nothing on the web, and where to get the file by hand. */
  mirrorOnly: text.optional(),
  /** Pins of the public bytes. */
  sha256: pins,
  /** Pins of a mirror's bytes, where these are another encoding of the same content. */
  mirrorSha256: pins,
};

const missingTags = z.enum(["error", "outside"]);
const conllOptions = z.strictObject({
  separator: z.enum(["space", "tab"]).optional(),
  encoding: z.enum(["utf-8", "latin1"]).optional(),
  scheme: z.enum(["iob2", "iob1"]).optional(),
  missingTags: missingTags.optional(),
  repairMojibake: z.boolean().optional(),
});

const entry = z.discriminatedUnion("format", [
  z.strictObject({
    ...common,
    ...fetched,
    format: z.literal("conll"),
    options: conllOptions.default({}),
    /** Options of single languages, over those of the corpus. */
    languageOptions: everyKey(z.record(code, conllOptions)).default({}),
  }),
  z.strictObject({
    ...common,
    ...fetched,
    format: z.literal("wikiann_parquet"),
    options: z.strictObject({ labels: z.array(text).min(1) }),
  }),
  z.strictObject({
    ...common,
    ...fetched,
    format: z.literal("wikiann_archive"),
    options: z.strictObject({ missingTags: missingTags.optional() }).default({}),
  }),
  z.strictObject({
    ...common,
    format: z.literal("sample"),
    /** The grammar file of a language, from the root of the repository. */
    grammar: text,
  }),
]).superRefine((source, context) => {
  const complain = (path: (string | number)[], message: string) =>
    context.addIssue({ code: "custom", path, message });
  const requireLanguage = (language: string, path: (string | number)[]) => {
    if (!source.languages.includes(language)) {
      complain(path, `"${language}" is none of the languages of this corpus`);
    }
  };
  source.languages.forEach((language, i) => {
    if (source.languages.indexOf(language) < i) {
      complain(["languages", i], `"${language}" is listed twice`);
    }
  });
  for (const [alias, language] of Object.entries(source.aliases)) {
    requireLanguage(language, ["aliases", alias]);
  }
  if (Object.keys(source.splits).length === 0) complain(["splits"], "must name a split");
  const template = source.format === "sample" ? source.grammar : source.url;
  const perLanguage = source.format === "sample" || source.format === "wikiann_archive";
  const holes = perLanguage ? ["language"] : ["language", "split"];
  const found = [...template.matchAll(/\{(\w*)\}/g)].map(([, name]) => name);
  if (holes.some((name) => !found.includes(name)) || found.some((name) => !holes.includes(name))) {
    complain(
      [source.format === "sample" ? "grammar" : "url"],
      `must have ${holes.map((name) => `{${name}}`).join(" and ")}, and nothing else in braces`,
    );
  }
  if (source.format === "sample") return;
  for (const key of ["sha256", "mirrorSha256"] as const) {
    for (const [language, ofSplits] of Object.entries(source[key])) {
      requireLanguage(language, [key, language]);
      for (const split of Object.keys(ofSplits)) {
        const known = source.format === "wikiann_archive"
          ? split === "archive"
          : source.splits[split as Split] !== undefined;
        if (!known) complain([key, language, split], `"${split}" is no file of this corpus`);
      }
    }
  }
  if (source.format === "conll") {
    for (const language of Object.keys(source.languageOptions)) {
      requireLanguage(language, ["languageOptions", language]);
    }
  }
  if (source.format === "wikiann_parquet") {
    const known = tagsOf(source.entityTypes);
    source.options.labels.forEach((label, i) => {
      if (known.includes(label)) return;
      complain(["options", "labels", i], `"${label}" is no tag of this corpus's entity types`);
    });
  }
});

/** The whole catalogue file. */
export const catalogueSchema = z.strictObject({ corpora: everyKey(z.record(text, entry)) });

/** One corpus of the catalogue. */
export type CorpusEntry = z.infer<typeof entry>;
