/**
 * Words that a full stop belongs to, from `data/abbreviations.yaml`.
 *
 * @module
 */
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { messageOf, UserError } from "../core/errors.ts";
import { readYaml } from "../core/yaml.ts";

/** What a full stop may follow without ending a sentence. */
export interface Abbreviations {
  /** In lower case, without the full stop. */
  readonly anywhere: ReadonlySet<string>;
  /** Those that are abbreviations before a number only. */
  readonly beforeNumbers: ReadonlySet<string>;
  /** Whether a full stop behind a number makes it an ordinal. */
  readonly ordinals: boolean;
}

const schema = z.record(
  z.string().regex(/^[a-z]{3}$/),
  z.strictObject({
    anywhere: z.array(z.string()),
    beforeNumbers: z.array(z.string()),
    ordinals: z.boolean().default(false),
  }),
);

const file = fileURLToPath(new URL("../../data/abbreviations.yaml", import.meta.url));

/** What a language's code is in Unicode's data: `deu` is `de`. */
function canonical(language: string): string {
  try {
    return new Intl.Locale(language).language;
  } catch (cause) {
    throw new UserError({
      message: `Cannot use the language "${language}": it is no language code`,
      hint: "give a code such as deu or de",
    }, { cause });
  }
}

/**
 * The abbreviations of a language; those of all languages where none is named, and none where the
 * list has not that language.
 *
 * @throws {UserError} when it is no language code
 */
export async function readAbbreviations(language?: string): Promise<Abbreviations> {
  const wanted = language === undefined ? undefined : canonical(language);
  const { value } = await readYaml(file, "data/abbreviations.yaml");
  const parsed = schema.safeParse(value);
  if (!parsed.success) {
    throw new UserError(`Cannot read data/abbreviations.yaml: ${messageOf(parsed.error)}`);
  }
  const lists = Object.entries(parsed.data)
    .filter(([code]) => wanted === undefined || canonical(code) === wanted)
    .map(([, list]) => list);
  const gather = (key: "anywhere" | "beforeNumbers") =>
    new Set(lists.flatMap((list) => list[key].map((each) => each.toLowerCase())));
  return {
    anywhere: gather("anywhere"),
    beforeNumbers: gather("beforeNumbers"),
    ordinals: wanted !== undefined && lists.some(({ ordinals }) => ordinals),
  };
}
