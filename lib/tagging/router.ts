/**
 * Several models behind one: each sentence goes to that of its language, or to a fallback.
 *
 * ```yaml
 * models:
 *   deu: train[source=deu,seed=42]   # what predict takes: an instance, a folder, a name of the hub
 *   swa: ./models/swahili
 * fallback: owner/name@revision      # without it, another language is an error
 * ```
 *
 * @module
 */
import { z } from "zod";
import { Diagnostics } from "../core/diagnostics.ts";
import { UserError } from "../core/errors.ts";
import { parseYaml, type YamlDocument } from "../core/yaml.ts";
import type { Languages } from "../corpora/languages.ts";
import type { RawSentence } from "../raw_text/raw_sentence.ts";
import { scriptLanguage } from "../raw_text/script_language.ts";
import type { SentenceTagger, TaggedSentence } from "./tagged_sentence.ts";
import type { Tagger } from "./tagger.ts";

const model = z.string().trim().min(1, "must be an instance, a folder or a name of the hub");
const schema = z.strictObject({
  models: z.record(z.string(), model),
  fallback: model.optional(),
});

/** What a router file says. */
export interface Routes {
  /** Language → model; languages by their ISO 639-3 codes, where those are known. */
  readonly models: ReadonlyMap<string, string>;
  readonly fallback?: string;
}

/** The code that a language is known by here, whichever way it is spelled. */
function codeOf(language: string, languages: Languages): string {
  return languages.get(language.toLowerCase())?.code ?? language.toLowerCase();
}

/**
 * Parses and checks a router file.
 *
 * @param file the name that errors show
 * @throws {UserError} with every problem and its place
 */
export function parseRoutes(text: string, file: string, languages: Languages): Routes {
  return checkRoutes(parseYaml(text, file), languages);
}

/** See {@linkcode parseRoutes}. */
export function checkRoutes(document: YamlDocument, languages: Languages): Routes {
  const diagnostics = new Diagnostics(document);
  const { data, error } = schema.safeParse(document.value);
  if (error) diagnostics.addIssues(error.issues, [], schema);
  const models = new Map<string, string>();
  for (const [language, name] of Object.entries(data?.models ?? {})) {
    const code = codeOf(language, languages);
    if (models.has(code)) {
      const hint = `it is the same as ${languages.get(code)?.name ?? code} above: leave one out`;
      const message = `Cannot use the language "${language}" twice`;
      diagnostics.add(["models", language], message, { hint, part: "key" });
    }
    models.set(code, name);
  }
  if (data && models.size === 0) {
    const hint = "such as models: { deu: train[source=deu,seed=42] }";
    diagnostics.add(["models"], "Cannot route without models", { hint, part: "key" });
  }
  if (diagnostics.failed) throw diagnostics.error();
  return { models, fallback: data!.fallback };
}

/** How a router finds the language of a sentence, and a model. */
export interface RouterOptions {
  /** The router file, as errors name it. */
  readonly name: string;
  readonly languages: Languages;
  /** The language of all that says none by itself. */
  readonly language?: string;
  load(model: string): Promise<Tagger>;
}

/**
 * Tags each sentence with the model of its language: the one that the input says, or else that of all,
 * or else the one that its script says for certain. A model is loaded when it is first asked.
 */
export class Router implements SentenceTagger, AsyncDisposable {
  readonly #routes: Routes;
  readonly #options: RouterOptions;
  readonly #taggers = new Map<string, Tagger>();
  readonly #counts = new Map<string, number>();

  constructor(routes: Routes, options: RouterOptions) {
    this.#routes = routes;
    this.#options = options;
  }

  /** How many sentences each model has tagged. */
  get counts(): ReadonlyMap<string, number> {
    return this.#counts;
  }

  /** @throws {UserError} for a sentence of a language without a model, where there is no fallback */
  async tagged(sentences: readonly RawSentence[]): Promise<TaggedSentence[]> {
    const models = sentences.map((sentence) => this.#modelOf(sentence));
    const places = Map.groupBy(sentences.keys(), (i) => models[i]);
    const tagged: TaggedSentence[] = new Array(sentences.length);
    for (const [model, own] of places) {
      if (!this.#taggers.has(model)) this.#taggers.set(model, await this.#options.load(model));
      const given = await this.#taggers.get(model)!.tagged(own.map((i) => sentences[i]));
      own.forEach((i, k) => tagged[i] = { ...given[k], model });
      this.#counts.set(model, (this.#counts.get(model) ?? 0) + own.length);
    }
    return tagged;
  }

  #modelOf({ document, sentence, text, language }: RawSentence): string {
    const { models, fallback } = this.#routes;
    const { name, languages, language: ofAll } = this.#options;
    const said = language ?? ofAll ?? scriptLanguage(text);
    const model = (said && models.get(codeOf(said, languages))) ?? fallback;
    if (model !== undefined) return model;
    const known = [...models.keys()].join(", ");
    throw new UserError({
      message: `Cannot choose a model for sentence ${sentence + 1} of document ${document + 1}: ` +
        (said === undefined
          ? "nothing says its language"
          : `${name} has none for the language "${said}"`) +
        `, and no fallback: "${text.length > 60 ? `${text.slice(0, 60)}…` : text}"`,
      hint: said === undefined
        ? `name it with --language (${known}) or in a column, or give ${name} a fallback:`
        : `it has ${known}: add that language, or a fallback:`,
    });
  }

  /** Frees the models. */
  async [Symbol.asyncDispose](): Promise<void> {
    for (const tagger of this.#taggers.values()) await tagger[Symbol.asyncDispose]();
  }
}
