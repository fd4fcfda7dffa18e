import { strict as assert } from "node:assert";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import { sha256 } from "../core/sha256.ts";
import { queryParquet } from "../table/parquet_tables.ts";
import { askWords, type EncodedExample } from "../tasks/asking.ts";
import { HubTokenizer } from "./hub_tokenizer.ts";

/** Written by scripts/references/hub_tokenizer.py. */
interface Reference {
  /** First 8 hexadecimal digits of the SHA-256 of `[ids, wordIds]`, one a sentence. */
  readonly digests: string;
  /**
   * Of every fourth sentence, cut at 32 pieces, as `[ids, wordIds, labels at the first pieces, labels
   * at all, lost words]`, where word i has the label i % 7; "--------" where a word has no piece.
   */
  readonly labelled: string;
  /** Of pairs, as `[ids, wordIds, sentenceIds, typeIds, [lost words of A, of B]]`. */
  readonly pairs: string;
  readonly wordsWithoutPiece: number;
  readonly tricky: readonly {
    readonly words: readonly string[];
    readonly ids: readonly number[];
    readonly wordIds: readonly number[];
  }[];
}

/** Indices of sentences by file of the mirror. */
type Chosen = Record<string, number[]>;

const fixtures = new URL("../../tests/fixtures/tokenizers/", import.meta.url);
const mirror = fileURLToPath(new URL("../../../shared/mirror", import.meta.url));
const kinds = ["unigram", "word_piece", "byte_bpe", "trained"] as const;

async function readJson<T>(file: string): Promise<T> {
  return JSON.parse(await Deno.readTextFile(new URL(file, fixtures)));
}

interface Json {
  readonly normalizer: { readonly type: string } | null;
}

/** XLM-R's character map lies in a file of its own. */
async function load(kind: typeof kinds[number]) {
  const json = await readJson<Json>(`${kind}.json`);
  if (json.normalizer?.type === "Precompiled") {
    const map = gunzipSync(await Deno.readFile(new URL("nmt_nfkc.gz", fixtures)));
    Object.assign(json.normalizer, { precompiled_charsmap: map.toString("base64") });
  }
  return {
    tokenizer: new HubTokenizer(json, undefined, `${kind}.json`),
    reference: await readJson<Reference>(`${kind}_expected.json`),
  };
}

/** As `sentences_of` of the script. */
async function sentencesOf(file: string): Promise<string[][]> {
  const path = `${mirror}/${file}`;
  if (path.endsWith(".parquet")) {
    const rows = await queryParquet(path, "SELECT tokens FROM input");
    return rows.map(({ tokens }) => tokens as string[]);
  }
  const text = (await Deno.readTextFile(path)).replace(/^\uFEFF/, "").replaceAll("\r\n", "\n");
  if (path.endsWith(".csv")) return text.split("\n").filter(Boolean).map((line) => line.split(" "));
  const blocks = text.split("\n\n")
    .map((block) => block.split("\n").filter((line) => line && !line.startsWith("# ")))
    .filter((block) => block.length > 0);
  return path.endsWith(".conllu")
    ? blocks.map((block) =>
      block.map((line) => line.split("\t")).filter(([id]) => /^\d+$/.test(id)).map((row) => row[1])
    )
    : blocks.map((block) => block.map((line) => line.split(" ")[0]));
}

function digest(...parts: unknown[]): string {
  return sha256(JSON.stringify(parts)).slice(0, 8);
}

for (const kind of kinds) {
  Deno.test(`${kind}: tricky words have the pieces of Python's tokenizers`, async () => {
    const { tokenizer, reference } = await load(kind);
    const piecesOf = (word: number, ids: readonly number[], wordIds: readonly number[]) =>
      ids.filter((_, t) => wordIds[t] === word);
    for (const { words, ids, wordIds } of reference.tricky) {
      const encoding = tokenizer.encode(words, 4096);
      words.forEach((word, i) => {
        assert.deepEqual(
          piecesOf(i, encoding.inputIds, encoding.wordIds),
          piecesOf(i, ids, wordIds),
          JSON.stringify(word),
        );
      });
      for (const at of [0, -1]) {
        assert.equal(encoding.inputIds.at(at), ids.at(at));
        assert.equal(encoding.wordIds.at(at), -1);
      }
    }
  });
}

// Written by scripts/references/tokenizer_parts.py.
Deno.test("of cuts that are alike the one of Python's tokenizers is taken", async () => {
  const { json, words, ids } = await readJson<{ json: Json; words: string[]; ids: number[][] }>(
    "ties.json",
  );
  const tokenizer = new HubTokenizer(json, undefined, "ties.json");
  assert.deepEqual(words.map((word) => tokenizer.encode([word], 64).inputIds), ids);
});

/** The 2,000 sentences of the script. */
async function chosenSentences(): Promise<string[][]> {
  const sentences: string[][] = [];
  for (const [file, indices] of Object.entries(await readJson<Chosen>("sentences.json"))) {
    const all = await sentencesOf(file);
    sentences.push(...indices.map((index) => all[index]));
  }
  assert.equal(sentences.length, 2000);
  return sentences;
}

function differing(got: readonly string[], digests: string): number[] {
  const expected = digests.split(" ");
  assert.equal(got.length, expected.length);
  return got.flatMap((each, i) => each === expected[i] ? [] : [i]);
}

const sentences = existsSync(mirror) ? await chosenSentences() : [];

function onSentences(
  name: string,
  compare: (loaded: Awaited<ReturnType<typeof load>>) => void,
): void {
  for (const kind of kinds) {
    Deno.test({
      name: `${kind}: ${name} (needs ../shared/mirror)`,
      ignore: sentences.length === 0,
      fn: async () => compare(await load(kind)),
    });
  }
}

onSentences("2,000 real sentences have the pieces of Python's tokenizers", (loaded) => {
  const { tokenizer, reference } = loaded;
  const encodings = sentences.map((words) => tokenizer.encode(words, 65536));
  const digests = encodings.map(({ inputIds, wordIds }) => digest(inputIds, wordIds));
  assert.deepEqual(differing(digests, reference.digests), []);
  const emptyWords = encodings.reduce((sum, encoding) => sum + encoding.emptyWords, 0);
  assert.equal(emptyWords, reference.wordsWithoutPiece);
});

onSentences("sentences that are cut keep whole words, each with its label", (loaded) => {
  const { tokenizer, reference } = loaded;
  /** The label at every piece, −100 where there is none. */
  const labelsOf = ({ inputIds, asked, gold }: EncodedExample) => {
    const labels = inputIds.map(() => -100);
    asked.forEach((piece, i) => labels[piece] = gold[i]);
    return labels;
  };
  const digests = sentences.filter((_, i) => i % 4 === 0).map((tokens) => {
    const gold = tokens.map((_, i) => i % 7);
    const [first, all] = (["first", "all"] as const).map((labelled) =>
      askWords(tokenizer, tokens, gold, 32, labelled)
    );
    return tokenizer.encode(tokens, 65536).emptyWords > 0
      ? "--------"
      : digest(first.inputIds, first.wordIds, labelsOf(first), labelsOf(all), first.lostWords);
  });
  assert.deepEqual(differing(digests, reference.labelled), []);
});

onSentences("pairs of sentences are put together and cut as there", ({ tokenizer, reference }) => {
  const half = sentences.length / 2;
  const digests = Array.from({ length: half / 2 }, (_, i) => {
    const [a, b] = [sentences[2 * i], sentences[2 * i + half]];
    const encoding = tokenizer.encodePair(a, b, 24 + 7 * (i % 13));
    const { inputIds, wordIds, sentenceIds, typeIds, lostWords, emptyWords } = encoding;
    return emptyWords > 0 ? "--------" : digest(inputIds, wordIds, sentenceIds, typeIds, lostWords);
  });
  assert.deepEqual(differing(digests, reference.pairs), []);
});

Deno.test({
  name: "the 2,000 sentences come from every test file of ../shared/mirror",
  ignore: sentences.length === 0,
  async fn() {
    const chosen = await readJson<Chosen>("sentences.json");
    const missing: string[] = [];
    const visit = (folder: string): void => {
      for (const { name, isDirectory } of Deno.readDirSync(`${mirror}/${folder}`)) {
        const path = folder + name;
        if (isDirectory) visit(`${path}/`);
        else if (/(^|-)test\b.*\.(txt|csv|conllu|parquet)$/.test(name) && !chosen[path]?.length) {
          missing.push(path);
        }
      }
    };
    visit("");
    assert.deepEqual(missing, []);
  },
});
