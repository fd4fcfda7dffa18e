import { strict as assert } from "node:assert";
import { UserError } from "../core/errors.ts";
import { readConll } from "./conll.ts";
import { conllDefaults, type ConllOptions } from "./conll_options.ts";

const entityTypes = ["PER", "ORG", "LOC"];

function read(text: string | Uint8Array, options: Partial<ConllOptions> = {}) {
  const bytes = typeof text === "string" ? new TextEncoder().encode(text) : text;
  return readConll(bytes, "data/train.txt", { entityTypes }, { ...conllDefaults, ...options });
}

function messageFor(text: string | Uint8Array, options: Partial<ConllOptions> = {}): string {
  try {
    read(text, options);
  } catch (error) {
    assert.ok(error instanceof UserError, String(error));
    return error.message;
  }
  throw new Error("expected an error");
}

const plain = {
  sentences: [
    { tokens: ["Ada", "Lovelace", "slept"], tags: ["B-PER", "I-PER", "O"] },
    { tokens: ["London"], tags: ["B-LOC"] },
  ],
  oddities: [],
};

Deno.test("words and tags, sentences between blank lines, with or without a last line break", () => {
  const text = "Ada B-PER\nLovelace I-PER\nslept O\n\nLondon B-LOC";
  assert.deepEqual(read(text), plain);
  assert.deepEqual(read(`\n\n${text}\n\n \n`), plain);
  assert.deepEqual(read(text.replaceAll(" ", "\t"), { separator: "tab" }), plain);
});

Deno.test("four and five columns, document markers, spaces at line ends", () => {
  const text = "-DOCSTART- -X- -X- O\n\nAda NNP B-NP B-PER\nLovelace NNP I-NP I-PER \n" +
    "slept VB O O\n-DOCSTART- -X- O O\nLondon NNP B-NP B-LOC\n";
  const { sentences, oddities } = read(text);
  assert.deepEqual(sentences, plain.sentences);
  assert.deepEqual(oddities, [
    {
      oddity: "documentMarker",
      action: "dropped",
      line: 1,
      count: 1,
      detail: "-DOCSTART- -X- -X- O",
    },
    {
      oddity: "documentMarker",
      action: "dropped",
      line: 6,
      count: 1,
      detail: "-DOCSTART- -X- O O",
    },
  ]);
  const five = "wolf NN Wolf NP B-PER\n";
  assert.deepEqual(read(five).sentences, [{ tokens: ["wolf"], tags: ["B-PER"] }]);
});

Deno.test("a byte-order mark and CR LF are dropped and noted", () => {
  const { sentences, oddities } = read(
    "\uFEFFAda B-PER\r\nLovelace I-PER\r\nslept O\r\n\r\nLondon B-LOC",
  );
  assert.deepEqual(sentences, plain.sentences);
  assert.deepEqual(oddities.map(({ oddity, line }) => [oddity, line]), [
    ["byteOrderMark", 1],
    ["carriageReturns", 1],
    ["carriageReturns", 2],
    ["carriageReturns", 3],
    ["carriageReturns", 4],
  ]);
});

Deno.test("an empty word keeps its place", () => {
  assert.deepEqual(read("a O\n O\nb O\n"), {
    sentences: [{ tokens: ["a", "\uFFFD", "b"], tags: ["O", "O", "O"] }],
    oddities: [{ oddity: "emptyToken", action: "repaired", line: 2, count: 1, detail: "" }],
  });
});

Deno.test("characters that look like line breaks stay within words", () => {
  const { sentences } = read("a\u0085b O\nc\u2028d O\ne\u00a0f O\n\u00a0 O\n");
  assert.deepEqual(sentences[0].tokens, ["a\u0085b", "c\u2028d", "e\u00a0f", "\u00a0"]);
});

Deno.test("an orphan I- tag is kept and noted", () => {
  const { sentences, oddities } = read("a I-PER\nb I-LOC\nc B-ORG\nd I-ORG\n\ne I-ORG\n");
  assert.deepEqual(sentences.map(({ tags }) => tags), [
    ["I-PER", "I-LOC", "B-ORG", "I-ORG"],
    ["I-ORG"],
  ]);
  assert.deepEqual(
    oddities.map(({ oddity, line, detail }) => [oddity, line, detail]),
    [
      ["orphanInside", 1, "a I-PER"],
      ["orphanInside", 2, "b I-LOC"],
      ["orphanInside", 6, "e I-ORG"],
    ],
  );
});

Deno.test("IOB1 becomes IOB2 where it is declared", () => {
  const text = "a I-PER\nb I-PER\nc B-PER\nd I-LOC\ne O\nf I-LOC\n";
  const { sentences, oddities } = read(text, { scheme: "iob1" });
  assert.deepEqual(sentences[0].tags, ["B-PER", "I-PER", "B-PER", "B-LOC", "O", "B-LOC"]);
  assert.deepEqual(oddities.map(({ oddity, line }) => [oddity, line]), [
    ["convertedScheme", 1],
    ["convertedScheme", 4],
    ["convertedScheme", 6],
  ]);
});

Deno.test("Latin-1 where it is declared, else a plain error", () => {
  const bytes = Uint8Array.from(
    [..."Coru"].map((c) => c.charCodeAt(0)).concat(
      [0xf1, 0x61, 0x20, 0x4f, 0x0a, 0x85, 0x20, 0x4f, 0x0a],
    ),
  );
  assert.deepEqual(read(bytes, { encoding: "latin1" }).sentences[0].tokens, ["Coruña", "\u0085"]);
  assert.equal(
    messageFor(bytes),
    `data/train.txt:1:5: Cannot read the file as UTF-8: a byte on this line is not
  Coru\uFFFDa O
      ~
  declare \`encoding: latin1\` for it in data/sources.yaml if it is ISO 8859-1`,
  );
});

Deno.test("mojibake is mended where it is declared, and only what is mojibake", () => {
  const text = "CoruÃ±a B-LOC\npaÃ\u00ads O\nseñor O\nκαλ O\nplain O\n";
  const { sentences, oddities } = read(text, { repairMojibake: true });
  assert.deepEqual(sentences[0].tokens, ["Coruña", "país", "señor", "καλ", "plain"]);
  assert.deepEqual(
    oddities.map(({ oddity, action, line, detail }) => [oddity, action, line, detail]),
    [
      ["mojibake", "repaired", 1, "CoruÃ±a → Coruña"],
      ["mojibake", "repaired", 2, "paÃ\u00ads → país"],
      ["mojibakeKept", "kept", 3, "señor"],
      ["mojibakeKept", "kept", 4, "καλ"],
    ],
  );
  assert.equal(read(text).sentences[0].tokens[0], "CoruÃ±a");
});

Deno.test("many places of a kind share a row", () => {
  const { oddities } = read(" O\n".repeat(21));
  assert.deepEqual(oddities, [
    { oddity: "emptyToken", action: "repaired", line: 1, count: 21, detail: "" },
  ]);
});

Deno.test("words without tags are an error, or O where that is declared", () => {
  const text = "Ada\nLovelace\n";
  assert.equal(
    messageFor(text),
    `data/train.txt:1:1: Cannot read a word without a tag: "Ada"
  Ada
  ~~~
  if the source has no labels here, declare \`missingTags: outside\` in data/sources.yaml

data/train.txt:2:1: Cannot read a word without a tag: "Lovelace"
  Lovelace
  ~~~~~~~~
  if the source has no labels here, declare \`missingTags: outside\` in data/sources.yaml`,
  );
  const { sentences, oddities } = read(text, { missingTags: "outside" });
  assert.deepEqual(sentences, [{ tokens: ["Ada", "Lovelace"], tags: ["O", "O"] }]);
  assert.deepEqual(oddities.map(({ oddity, line }) => [oddity, line]), [
    ["missingTag", 1],
    ["missingTag", 2],
  ]);
});

Deno.test("an unknown tag is shown in its place, with the tags there are", () => {
  assert.equal(
    messageFor("Ada B-PRE\n"),
    `data/train.txt:1:5: Cannot use the tag "B-PRE": this corpus has O, B-PER, I-PER, B-ORG, I-ORG, B-LOC, I-LOC
  Ada B-PRE
      ~~~~~
  did you mean "B-PER"?`,
  );
  assert.match(messageFor("May B-MONTH\n"), /add "MONTH" to the corpus's `entityTypes`/);
});

Deno.test("columns that come and go, or have another separator, are shown", () => {
  assert.equal(
    messageFor("Ada B-PER\nNew York B-LOC\n"),
    `data/train.txt:2:1: Cannot read 3 columns separated by a space: line 1 has 2
  New York B-LOC
  ~~~~~~~~~~~~~~`,
  );
  assert.match(messageFor("Ada\tB-PER\n"), /^data\/train.txt:1:1: .*declare `separator: tab`/);
});

Deno.test("five problems are shown in full, the rest as a number", () => {
  assert.match(
    messageFor("x Y\n".repeat(8)),
    /:5:3: [^]*\n\n… and 3 more such lines in data\/train.txt$/,
  );
});

Deno.test("an empty file has no sentences", () => {
  assert.deepEqual(read(""), { sentences: [], oddities: [] });
});
