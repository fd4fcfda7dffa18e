/**
 * Opens what `predict` asks: a model of words, one of texts, or a router of several.
 *
 * @module
 */
import { dirname, resolve } from "node:path";
import { statIfThere } from "../lib/core/file_state.ts";
import type { Judge } from "../lib/pipeline/freshness.ts";
import type { ModelPlace } from "../lib/tagging/load_model.ts";
import type { SentenceTagger } from "../lib/tagging/tagged_sentence.ts";
import type { TaggerOptions } from "../lib/tagging/tagger.ts";
import type { TextClassifier, ZeroShot } from "../lib/tagging/text_classifier.ts";
import { UserError } from "../lib/core/errors.ts";
import { loadNamed } from "./predict_model.ts";
import { countText } from "./sizes.ts";

/** A model that is ready, with what is said of it in the end. */
export type OpenModel =
  & (
    | { readonly kind: "words"; readonly tagger: SentenceTagger }
    | { readonly kind: "texts"; readonly classifier: TextClassifier }
  )
  & AsyncDisposable
  & { note(): string };

/** How a model is opened. */
export interface OpenOptions extends TaggerOptions {
  /** Labels to choose among, for a model of inference. */
  readonly zeroShot?: ZeroShot;
  /** Of all sentences, for a router. */
  readonly language?: string;
  /** Plans the pipeline, where it is needed. */
  open(): Promise<Judge>;
}

/**
 * Opens a model.
 *
 * @param name as it was given
 * @param path the same, seen from where the command was called
 * @throws {UserError} where there is no such model, or it cannot do what is asked
 */
export async function openModel(
  name: string,
  path: string,
  options: OpenOptions,
): Promise<OpenModel> {
  let judge: Promise<Judge> | undefined;
  const open = () => judge ??= options.open();
  if (/\.ya?ml$/i.test(path) && statIfThere(path)?.isFile) {
    return await openRouter(name, path, { ...options, open });
  }
  return await loadNamed(name, path, open, (place) => openPlace(place, options));
}

async function openPlace(place: ModelPlace, options: OpenOptions): Promise<OpenModel> {
  const { labelsWhat } = await import("../lib/tagging/load_model.ts");
  const { zeroShot } = options;
  if (zeroShot || await labelsWhat(place) === "texts") {
    const { TextClassifier } = await import("../lib/tagging/text_classifier.ts");
    const classifier = await TextClassifier.load(place, options, zeroShot);
    const { labels, window } = classifier;
    return {
      kind: "texts",
      classifier,
      note: () => `${place.name} (${labels.length} classes, ${window} pieces at most)`,
      [Symbol.asyncDispose]: () => classifier[Symbol.asyncDispose](),
    };
  }
  const { Tagger } = await import("../lib/tagging/tagger.ts");
  const tagger = await Tagger.load(place, options);
  const { labels, window } = tagger;
  return {
    kind: "words",
    tagger,
    note: () => `${place.name} (${labels.length} tags, windows of ${window} pieces)`,
    [Symbol.asyncDispose]: () => tagger[Symbol.asyncDispose](),
  };
}

async function openRouter(name: string, path: string, options: OpenOptions): Promise<OpenModel> {
  if (options.zeroShot) {
    throw new UserError({
      message: `Cannot classify by labels with the router ${name}`,
      hint: "give one model of inference, which has seen many languages",
    });
  }
  const [{ Router, checkRoutes }, { Tagger }, { readYaml }, { standardLanguages }] = await Promise
    .all([
      import("../lib/tagging/router.ts"),
      import("../lib/tagging/tagger.ts"),
      import("../lib/core/yaml.ts"),
      import("../lib/corpora/languages.ts"),
    ]);
  const languages = await standardLanguages();
  const routes = checkRoutes(await readYaml(path, name), languages);
  const router = new Router(routes, {
    name,
    languages,
    language: options.language,
    load: (model) =>
      loadNamed(
        model,
        resolve(dirname(path), model),
        options.open,
        (place) => Tagger.load(place, options),
      ),
  });
  return {
    kind: "words",
    tagger: router,
    note: () => {
      const parts = [...router.counts]
        .map(([model, count]) => `${model} ${countText(count, "sentence")}`);
      return `${name} (${parts.join(", ") || "no model was asked"})`;
    },
    [Symbol.asyncDispose]: () => router[Symbol.asyncDispose](),
  };
}
