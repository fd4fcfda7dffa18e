/**
 * What is known of languages, `data/languages.yaml`: where they belong, and their script.
 *
 * @module
 */
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { Diagnostics } from "../core/diagnostics.ts";
import { UserError } from "../core/errors.ts";
import { parseYaml, readYaml, type YamlDocument } from "../core/yaml.ts";

const text = z.string().trim().min(1);

const schema = z.strictObject({
  languages: z.record(
    z.string().regex(/^[a-z]{3}$/, "must be an ISO 639-3 code"),
    z.strictObject({
      codes: z.array(text),
      name: text,
      family: text,
      genus: text,
      script: z.string().regex(/^[A-Z][a-z]{3}$/, "must be an ISO 15924 code"),
    }),
  ),
});

/** A language. */
export interface Language {
  /** ISO 639-3. */
  readonly code: string;
  readonly name: string;
  readonly family: string;
  readonly genus: string;
  /** ISO 15924. */
  readonly script: string;
}

/** Languages by every code that corpora have for them. */
export type Languages = ReadonlyMap<string, Language>;

/** Where {@linkcode standardLanguages} are kept, an absolute path. */
export const languagesFile = fileURLToPath(new URL("../../data/languages.yaml", import.meta.url));

let shared: Promise<Languages> | undefined;

/**
 * The languages of this repository, read once per process.
 *
 * @throws {UserError} with every problem of `data/languages.yaml` and its place
 */
export function standardLanguages(): Promise<Languages> {
  shared ??= readYaml(languagesFile, "data/languages.yaml").then(checkLanguages);
  return shared;
}

/**
 * Parses and checks a file of languages.
 *
 * @param file the name that errors show
 * @throws {UserError} with every problem and its place
 */
export function parseLanguages(text: string, file: string): Languages {
  return checkLanguages(parseYaml(text, file));
}

function checkLanguages(document: YamlDocument): Languages {
  const diagnostics = new Diagnostics(document);
  const { data, error } = schema.safeParse(document.value);
  if (error) diagnostics.addIssues(error.issues, [], schema);
  const languages = new Map<string, Language>();
  const familyOf = new Map<string, string>();
  for (const [code, { codes, name, ...where }] of Object.entries(data?.languages ?? {})) {
    const language = { code, name, ...where };
    for (const each of [code, ...codes]) {
      const before = languages.get(each);
      if (before !== undefined) {
        diagnostics.add(
          ["languages", code],
          `Cannot use the code "${each}" twice: ${before.name} has it`,
          { hint: "leave it out of one of them", part: "key" },
        );
      }
      languages.set(each, language);
    }
    const family = familyOf.get(where.genus) ?? where.family;
    familyOf.set(where.genus, family);
    if (family !== where.family) {
      diagnostics.add(
        ["languages", code, "family"],
        `Cannot put the genus "${where.genus}" into "${where.family}": it is in "${family}" above`,
        { hint: "a genus belongs to one family" },
      );
    }
  }
  if (diagnostics.failed) throw new UserError(diagnostics.all());
  return languages;
}

/**
 * How far apart two languages are: 0 for the same, 1 within a genus, 2 within a family, 3 for different
 * families. Undefined where either is unknown: that is no distance.
 */
export function genealogicalDistance(
  languages: Languages,
  a: string,
  b: string,
): number | undefined {
  const [first, second] = [languages.get(a), languages.get(b)];
  if (a === b) return 0;
  if (first === undefined || second === undefined) return undefined;
  if (first.code === second.code) return 0;
  if (first.family !== second.family) return 3;
  return first.genus === second.genus ? 1 : 2;
}
