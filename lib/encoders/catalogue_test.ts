import { strict as assert } from "node:assert";
import { UserError } from "../core/errors.ts";
import { findEncoder, parseEncoders, standardEncoders } from "./catalogue.ts";

/** The message and hint of what must not succeed. */
function problemOf(find: () => unknown): string {
  try {
    find();
  } catch (error) {
    assert.ok(error instanceof UserError, String(error));
    return error.message;
  }
  return "";
}

Deno.test("the catalogue has the encoders of the field, with no digest that nobody knows", async () => {
  const catalogue = await standardEncoders();
  assert.deepEqual(
    [...catalogue].map(([name, { repository, family }]) => [name, repository, family]),
    [
      ["xlm-roberta-base", "FacebookAI/xlm-roberta-base", "xlm-roberta"],
      ["xlm-roberta-large", "FacebookAI/xlm-roberta-large", "xlm-roberta"],
      ["bert-base-multilingual-cased", "google-bert/bert-base-multilingual-cased", "bert"],
      [
        "distilbert-base-multilingual-cased",
        "distilbert/distilbert-base-multilingual-cased",
        "distilbert",
      ],
      ["multilingual-e5-small", "intfloat/multilingual-e5-small", "bert"],
      ["multilingual-minilm", "microsoft/Multilingual-MiniLM-L12-H384", "bert"],
      ["afro-xlmr-base", "Davlan/afro-xlmr-base", "xlm-roberta"],
    ],
  );
  for (const { revision, sha256 } of catalogue.values()) {
    assert.deepEqual([revision, sha256], ["main", {}]);
  }
  assert.equal(
    catalogue.get("multilingual-minilm")!.tokenizer!.repository,
    "FacebookAI/xlm-roberta-base",
  );
});

Deno.test("a name of the catalogue, and a model of the hub with or without its revision, are found", async () => {
  const catalogue = await standardEncoders();
  const e5 = findEncoder(catalogue, "multilingual-e5-small");
  assert.equal(e5.family, "bert");
  assert.deepEqual(findEncoder(catalogue, "intfloat/multilingual-e5-small"), e5);
  assert.deepEqual(findEncoder(catalogue, "intfloat/multilingual-e5-small@main"), e5);
  assert.deepEqual(findEncoder(catalogue, "intfloat/multilingual-e5-small@v2.0"), {
    repository: "intfloat/multilingual-e5-small",
    revision: "v2.0",
    sha256: {},
  });
  assert.deepEqual(findEncoder(catalogue, "Ann_1/x.y-z"), {
    repository: "Ann_1/x.y-z",
    revision: "main",
    sha256: {},
  });
});

/** Names that cannot be meant, and what is said. */
const wrong: [name: string, problem: RegExp][] = [
  [
    "xlm-roberta-bass",
    /^Cannot find the encoder "xlm-roberta-bass" in .*\n.*did you mean "xlm-roberta-base"\? known/,
  ],
  ["", /^Cannot find the encoder ""/],
  ["constructor", /^Cannot find the encoder "constructor"/],
  [
    "xlm-roberta-base@v1",
    /^Cannot take another revision of .*\n {2}write FacebookAI\/xlm-roberta-base@v1$/,
  ],
  ["a/b/c", /^Cannot use "a\/b\/c" as a model of the hub\n {2}write owner\/name/],
  ["/models/bert", /^Cannot use "\/models\/bert" as a model of the hub\n.*a folder is given to/],
  ["../up", /^Cannot use "..\/up" as a model/],
  ["a/..", /^Cannot use "a\/.." as a model/],
  ["a/b c", /^Cannot use "a\/b c" as a model/],
  ["a/b@", /^Cannot use "" as a revision of a\/b\n/],
  ["a/b@refs/pr/4", /^Cannot use "refs\/pr\/4" as a revision of a\/b\n.*without a slash$/],
  ["a/b@..", /^Cannot use "\.\." as a revision/],
  ["a/b@c@d", /^Cannot use "c@d" as a revision/],
];
for (const [name, problem] of wrong) {
  Deno.test(`encoder "${name}" is refused, with what to write`, async () => {
    const catalogue = await standardEncoders();
    assert.match(problemOf(() => findEncoder(catalogue, name)), problem);
  });
}

const entry = `title: t
    repository: a/b
    revision: main
    family: bert
    licence: MIT
    millions: 1`;
/** Faults of a catalogue's text, each with its place. */
const broken: [about: string, from: string, to: string, problem: RegExp][] = [
  ["a repository without an owner", "a/b", "b", /^c.yaml:4:17: .*repository"/],
  ["a family that crosstie has not", "bert", "t5", /^c.yaml:6:13: .*family"/],
  [
    "a digest that is none",
    "millions: 1",
    "millions: 1\n    sha256: { a.json: 12 }",
    /^c.yaml:9:23/,
  ],
  [
    "an unknown key",
    "millions: 1",
    "millions: 1\n    size: 3",
    /^c.yaml:9:5: Cannot use key "size"/,
  ],
  [
    "the tokenizer of nobody",
    "millions: 1",
    "millions: 1\n    tokenizer: y",
    /^c.yaml:9:16: Cannot take the tokenizer of "y"/,
  ],
];
for (const [about, from, to, problem] of broken) {
  Deno.test(`a catalogue with ${about} is refused at its place`, () => {
    const text = `encoders:\n  x:\n    ${entry.replace(from, to)}\n`;
    assert.equal(parseEncoders(`encoders:\n  x:\n    ${entry}\n`, "c.yaml").size, 1);
    assert.match(problemOf(() => parseEncoders(text, "c.yaml")), problem);
  });
}
