/**
 * What a text must entail to have a label: a template with the label in its place.
 *
 * @module
 */
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { Diagnostics } from "../core/diagnostics.ts";
import { UserError } from "../core/errors.ts";
import { parseYaml, readYaml, type YamlDocument } from "../core/yaml.ts";
import { standardLanguages } from "../corpora/languages.ts";

/** The place of a label. */
const place = "{}";

const template = z.string().refine((text) => text.split(place).length === 2, {
  error: `must have one place ${place} for a label`,
});
const schema = z.record(z.string().regex(/^[a-z]{3}$/, "must be an ISO 639-3 code"), template);

/** Where templates are kept, an absolute path. */
const file = fileURLToPath(new URL("../../data/hypotheses.yaml", import.meta.url));

/**
 * Parses and checks templates, by language.
 *
 * @param file the name that errors show
 * @throws {UserError} with every problem and its place
 */
export function parseTemplates(text: string, file: string): Readonly<Record<string, string>> {
  return checkTemplates(parseYaml(text, file));
}

function checkTemplates(document: YamlDocument): Readonly<Record<string, string>> {
  const diagnostics = new Diagnostics(document);
  const { data, error } = schema.safeParse(document.value);
  if (data) return data;
  diagnostics.addIssues(error.issues, [], schema);
  throw diagnostics.error();
}

/**
 * The template of a language; English where none is named.
 *
 * @param language a code, such as `de` or `deu`
 * @throws {UserError} where it has none
 */
export async function templateOf(language = "eng"): Promise<string> {
  const templates = checkTemplates(await readYaml(file, "data/hypotheses.yaml"));
  const code = (await standardLanguages()).get(language)?.code ?? language;
  if (Object.hasOwn(templates, code)) return templates[code];
  throw new UserError({
    message: `Cannot find a hypothesis for the language "${language}" in data/hypotheses.yaml`,
    hint: `give one with --template, with ${place} for a label; known here: ` +
      Object.keys(templates).join(", "),
  });
}

/**
 * The hypotheses of labels.
 *
 * @throws {UserError} for a template without a place or with several, fewer than two labels, and an
 * empty label or one that is given twice
 */
export function hypothesesOf(template: string, labels: readonly string[]): string[] {
  const places = template.split(place).length - 1;
  if (places !== 1) {
    throw new UserError({
      message: `Cannot use the template "${template}": it has ` +
        `${places === 0 ? `no place ${place}` : `${places} places ${place}`} for a label`,
      hint: `write ${place} once where the label is to be, such as "This text is ${place}."`,
    });
  }
  const hint = "such as --labels positive,negative,neutral";
  const seen = new Set<string>();
  for (const label of labels) {
    if (label === "") throw new UserError({ message: "Cannot use an empty label", hint });
    if (seen.has(label)) {
      throw new UserError({ message: `Cannot use the label "${label}" twice`, hint });
    }
    seen.add(label);
  }
  if (labels.length < 2) {
    throw new UserError({
      message: `Cannot choose among ${labels.length} labels: two are the least`,
      hint,
    });
  }
  return labels.map((label) => template.split(place).join(label));
}
