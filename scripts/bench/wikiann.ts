/**
 * Real sentences of WikiANN in several languages, as a model reads them.
 *
 * @module
 */
import { findSource, standardCatalogue } from "../../lib/corpora/catalogue.ts";
import { loadCorpus } from "../../lib/corpora/load_corpus.ts";
import type { SentenceRow } from "../../lib/table/schemas/sentences.ts";
import { askWords } from "../../lib/tasks/asking.ts";
import { HubTokenizer } from "../../lib/tokenizers/hub_tokenizer.ts";
import type { WordTokenizer } from "../../lib/tokenizers/tokenizer.ts";
import { trainTokenizer } from "../../lib/tokenizers/train_tokenizer.ts";
import { labels, type Sentence } from "./case.ts";

/** Large and small ones, in two scripts. */
export const languages = ["en", "de", "fr", "nl", "sw", "am", "ig", "rw", "yo"] as const;

/** Training sentences taken of each language, where it has as many. */
export const sentencesPerLanguage = 2000;

/** Pieces of a tokenizer that is learnt from these very sentences. */
export const pieces = 16_000;

/** Reads the sentences of all languages. */
export async function readWikiann(mirror: string): Promise<SentenceRow[]> {
  const catalogue = await standardCatalogue();
  const folder = await Deno.makeTempDir({ prefix: "bench_wikiann_" });
  try {
    const tagged = [];
    for (const language of languages) {
      const { sentences } = await loadCorpus(findSource(catalogue, "wikiann", language), {
        limit: { train: sentencesPerLanguage, validation: 0, test: 0 },
        limitSeed: 1,
        fetch: { folder, mirror },
      });
      tagged.push(...sentences.train);
    }
    return tagged;
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/**
 * Reads and encodes the sentences; each has special tokens, and labels at the first pieces.
 *
 * @param tokenizer one that is learnt from them, if left out
 */
export async function wikiannSentences(
  mirror: string,
  tokenizer?: WordTokenizer,
): Promise<Sentence[]> {
  const tagged = await readWikiann(mirror);
  const chosen = tokenizer ?? learntFrom(tagged);
  return tagged.map(({ tokens, tags }): Sentence => {
    const gold = tags.map((tag) => labels.findIndex((label) => label === tag));
    const example = askWords(chosen, tokens, gold, 256);
    const own = Array<number>(example.inputIds.length).fill(-100);
    example.asked.forEach((piece, i) => own[piece] = example.gold[i]);
    return { inputIds: example.inputIds, labels: own };
  });
}

function learntFrom(tagged: readonly SentenceRow[]): WordTokenizer {
  const json = trainTokenizer(tagged.map(({ tokens }) => tokens), { size: pieces });
  return new HubTokenizer(JSON.parse(json), undefined, "the tokenizer of WikiANN");
}
