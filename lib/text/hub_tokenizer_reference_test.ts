import { strict as assert } from "node:assert";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { sha256 } from "../core/sha256.ts";
import { queryParquet } from "../table/duckdb.ts";
import { HubTokenizer } from "./hub_tokenizer.ts";

/** Written by scripts/references/hub_tokenizer.py. */
interface Reference {
  /** First 8 hexadecimal digits of the SHA-256 of `[ids, wordIds]`, one a sentence. */
  readonly digests: string;
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

async function load(kind: typeof kinds[number]) {
  return {
    tokenizer: new HubTokenizer(await readJson(`${kind}.json`), undefined, `${kind}.json`),
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

/**
 * Where the package differs from Python's tokenizers. Both Unigrams: U+0085 is no space, and
 * U+FEFF is one. XLM-R's:
 * rules in place of its character map make a space of the joiner U+200D, and compose a letter with
 * two marks as plain NFKC would. WordPiece: it looks at UTF-16 halves, so that Chinese characters
 * beyond U+FFFF are not set apart.
 */
const divergences: Record<
  typeof kinds[number],
  { words: Record<string, number[]>; sentences: number[] }
> = {
  unigram: {
    words: {
      "a\u0323\u0302": [4, 3],
      "👩‍👩‍👧‍👦": [4, 3, 4, 3, 4, 3, 4, 3],
      "a👩‍🔬b": [17, 3, 4, 3, 39],
      "\u0085": [4, 3],
      "\u200d": [3],
    },
    // An Arabic presentation form with a mark, and emoji with joiners.
    sentences: [1618, 1729],
  },
  word_piece: { words: { "𠀀𠀁": [1] }, sentences: [] },
  byte_bpe: { words: {}, sentences: [] },
  trained: { words: { "\u0085": [4, 3], "\ufeff": [3] }, sentences: [] },
};

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
          divergences[kind].words[word] ?? piecesOf(i, ids, wordIds),
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

Deno.test({
  name: "2,000 real sentences of every language have the pieces of Python's tokenizers " +
    "(needs ../shared/mirror)",
  ignore: !existsSync(mirror),
  async fn(t) {
    const sentences: string[][] = [];
    for (const [file, indices] of Object.entries(await readJson<Chosen>("sentences.json"))) {
      const all = await sentencesOf(file);
      sentences.push(...indices.map((index) => all[index]));
    }
    assert.equal(sentences.length, 2000);
    for (const kind of kinds) {
      await t.step(kind, async () => {
        const { tokenizer, reference } = await load(kind);
        const expected = reference.digests.split(" ");
        const encodings = sentences.map((words) => tokenizer.encode(words, 65536));
        const different = encodings.flatMap(({ inputIds, wordIds }, i) =>
          sha256(JSON.stringify([inputIds, wordIds])).slice(0, 8) === expected[i] ? [] : [i]
        );
        assert.deepEqual(different, divergences[kind].sentences);
        assert.equal(
          encodings.reduce((sum, { emptyWords }) => sum + emptyWords, 0),
          reference.wordsWithoutPiece,
        );
      });
    }
  },
});
