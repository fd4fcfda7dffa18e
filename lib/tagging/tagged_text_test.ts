import { strict as assert } from "node:assert";
import { join } from "node:path";
import { type RawSentence, sentenceOfWords } from "../raw_text/raw_sentence.ts";
import { queryParquet } from "../table/parquet_tables.ts";
import { tagStream } from "./tag_stream.ts";
import type { TaggedSentence } from "./tagged_sentence.ts";
import { conllLines, inlineTags, jsonLine } from "./tagged_text.ts";
import { taggedWordsTable } from "../table/schemas/tagged_words.ts";
import { ParquetWriter, wordRows } from "./tagged_parquet.ts";

function tagged(words: string[], tags: string[], more: Partial<RawSentence> = {}): TaggedSentence {
  return {
    ...sentenceOfWords(words, { document: 0, sentence: 0 }, "characters"),
    ...more,
    tags: tags.map((tag, i) => ({ tag, probability: 1 / (i + 1) })),
    hasSpans: true,
  };
}

const spans = { icu: "1" };
const anna = tagged(["Anna", "Meier", "in", "Bonn", "Ulm"], [
  "B-PER",
  "I-PER",
  "O",
  "B-LOC",
  "B-LOC",
]);

const inlineCases: [sentence: TaggedSentence, hasSpans: boolean, line: string][] = [
  [anna, true, "[PER Anna Meier] in [LOC Bonn] [LOC Ulm]\n"],
  [anna, false, "Anna/B-PER Meier/I-PER in/O Bonn/B-LOC Ulm/B-LOC\n"],
  [tagged(["x"], ["O"]), true, "x\n"],
  [{ ...tagged(["a", "b"], ["O", "B-X"]), text: "a\r\n\r\nb" }, true, "a [X \nb]\n"],
];
inlineCases[3][0] = {
  ...tagged(["a", "b"], ["O", "B-X"]),
  text: "a\r\nb",
  words: [{ text: "a", at: 0, start: 0, end: 1 }, { text: "b", at: 3, start: 3, end: 4 }],
};
inlineCases[3][2] = "a [X b]\n";
for (const [sentence, hasSpans, line] of inlineCases) {
  Deno.test(`inline: ${JSON.stringify(line)}`, () => {
    assert.equal(inlineTags({ ...sentence, hasSpans }, spans), line);
  });
}

Deno.test("what a terminal would obey is shown, and tags have their look", () => {
  const sentence = tagged(["\x1b[31mx"], ["B-X"]);
  const show = (text: string) => text.replace("\x1b", "␛");
  const paint = (text: string, tag: string) => `<${tag}>${text}</>`;
  assert.equal(inlineTags(sentence, { ...spans, show, paint }), "<X>[X ␛[31mx]</>\n");
});

Deno.test("CoNLL has a word a line, or the line that came with the tag behind it", () => {
  assert.equal(
    conllLines(anna, spans),
    "Anna B-PER\nMeier I-PER\nin O\nBonn B-LOC\nUlm B-LOC\n\n",
  );
  const lines = { lines: ["x O", "y\tO"] };
  assert.equal(conllLines(tagged(["x", "y"], ["A", "B"], lines), spans), "x O A\ny\tO\tB\n\n");
  for (const word of ["", "New York", "a\nb", "a\u00a0b"]) {
    assert.throws(() => conllLines(tagged([word], ["O"]), spans), /Cannot write the word/);
  }
});

Deno.test("JSON has offsets, probabilities and entities, and the ICU that cut the words", () => {
  const cut = { isGiven: false, id: "q" };
  assert.deepEqual(
    JSON.parse(jsonLine({ ...tagged(["Bonn", "x"], ["B-LOC", "O"]), ...cut }, spans)),
    {
      document: 0,
      id: "q",
      sentence: 0,
      start: 0,
      end: 6,
      text: "Bonn x",
      words: [
        { text: "Bonn", start: 0, end: 4, tag: "B-LOC", probability: 1 },
        { text: "x", start: 5, end: 6, tag: "O", probability: 0.5 },
      ],
      entities: [{ type: "LOC", start: 0, end: 4, text: "Bonn", probability: 1 }],
      icu: "1",
    },
  );
  const given = JSON.parse(jsonLine({ ...tagged(["x"], ["NOUN"]), hasSpans: false }, spans));
  assert.deepEqual([given.entities, given.icu], [undefined, undefined]);
});

Deno.test("an entity of many words has the least probability of them", () => {
  const words = Array.from({ length: 200_000 }, () => "x");
  const tags = words.map((_, i) => i === 0 ? "B-X" : "I-X");
  const { entities } = JSON.parse(jsonLine(tagged(words, tags), spans));
  assert.deepEqual(entities.map(({ probability }: { probability: number }) => probability), [
    0.000005,
  ]);
});

Deno.test("sentences go out in their order, whatever is held", async () => {
  const sizes = Array.from({ length: 3_000 }, (_, i) => 1 + (i * 7919) % 40);
  sizes[17] = 20_000;
  async function* sentences() {
    for (const [i, size] of sizes.entries()) {
      yield await Promise.resolve(
        sentenceOfWords(Array(size).fill(`${i}`), { document: i, sentence: 0 }, "utf16"),
      );
    }
  }
  let most = 0;
  const tagger = {
    tagged: (all: readonly RawSentence[]) => {
      most = Math.max(most, all.length);
      return Promise.resolve(all.map((sentence) => ({
        ...sentence,
        tags: sentence.words.map(({ text }) => ({ tag: text, probability: 1 })),
        hasSpans: false,
      })));
    },
  };
  const documents: number[] = [];
  for await (const group of tagStream(sentences(), tagger)) {
    for (const { document, words, tags } of group) {
      documents.push(document);
      assert.deepEqual(tags.map(({ tag }) => tag), words.map(({ text }) => text));
    }
  }
  assert.deepEqual(documents, sizes.map((_, i) => i));
  assert.ok(most <= 512);
});

Deno.test("Parquet in parts has the rows in their order, and leaves no part behind", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const path = join(folder, "out.parquet");
    {
      await using writer = new ParquetWriter(path, taggedWordsTable, wordRows("1"));
      for (let document = 0; document < 12; document++) {
        await writer.write([
          tagged(Array(110_000).fill("x"), Array(110_000).fill("O"), { document, isGiven: false }),
          { ...anna, document, sentence: 1, id: document },
        ]);
      }
      await writer.close();
    }
    assert.deepEqual([...Deno.readDirSync(folder)].map(({ name }) => name), ["out.parquet"]);
    const rows = await queryParquet(
      path,
      `SELECT * FROM (SELECT *, row_number() OVER () AS n FROM input) WHERE text <> 'x' AND "start" = 0`,
    );
    assert.deepEqual(
      rows.map((
        { document, id, sentence, word, text, end, tag, probability, icu, n },
      ) => [document, id, sentence, word, text, end, tag, probability, icu, Number(n)]),
      Array.from(
        { length: 12 },
        (_, d) => [d, `${d}`, 1, 0, "Anna", 4, "B-PER", 1, null, 110_001 + d * 110_005],
      ),
    );
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
