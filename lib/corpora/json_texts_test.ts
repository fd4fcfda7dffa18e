import { strict as assert } from "node:assert";
import { UserError } from "../core/errors.ts";
import { jsonDefaults, type JsonOptions, readJsonTexts } from "./json_texts.ts";

const labels = ["entailment", "neutral", "contradiction"];
const nli: Partial<JsonOptions> = {
  text: "text1",
  second: "text2",
  label: "true_label",
  labelMap: [["Yes", "entailment"], ["Maybe", "neutral"], ["No", "contradiction"]],
};

function read(text: string, options: Partial<JsonOptions> = nli, language?: string) {
  const bytes = new TextEncoder().encode(text);
  return readJsonTexts(bytes, "f", labels, { ...jsonDefaults, ...options }, language);
}

const row = { text1: "A dog", text2: "A pet", true_label: "Yes", predicted_label: "No" };
const pair = { text: "A dog", second: "A pet", label: "entailment" };

for (
  const [name, text, options] of [
    ["a list", JSON.stringify([row]), nli],
    ["a list, with the key of a list declared", JSON.stringify([row]), {
      ...nli,
      list: "predictions",
    }],
    ["an object", JSON.stringify({ about: { predictions: [1] }, predictions: [row] }), {
      ...nli,
      list: "predictions",
    }],
    ["lines", `${JSON.stringify(row)}\r\n\n`, { ...nli, lines: true }],
    ["a byte-order mark", `\uFEFF${JSON.stringify([row])}`, nli],
  ] as const
) {
  Deno.test(`pairs from ${name}, and never what a system predicted`, () => {
    assert.deepEqual(read(text, options).texts, [pair]);
  });
}

Deno.test("single texts; labels that are numbers; rows without a gold label are left out", () => {
  const { texts, oddities } = read(
    `[{"text":"a","label":0},{"text":"b","label":-1},{"text":"c\\ud800","label":true}]`,
    {
      labelMap: [["0", "entailment"], ["true", "neutral"]],
      dropLabels: ["-1"],
    },
  );
  assert.deepEqual(texts, [
    { text: "a", second: null, label: "entailment" },
    { text: "c\uFFFD", second: null, label: "neutral" },
  ]);
  assert.deepEqual(oddities.map(({ oddity, action, line }) => [oddity, action, line]), [
    ["noGoldLabel", "dropped", 2],
    ["replacementCharacter", "kept", 3],
  ]);
});

Deno.test("rows of one language out of several", () => {
  const rows = ["en", "de"].map((language) => ({ ...row, text1: language, language }));
  const options = { ...nli, language: "language" };
  assert.deepEqual(read(JSON.stringify(rows), options, "de").texts, [{ ...pair, text: "de" }]);
  assert.throws(
    () => read(JSON.stringify(rows), options, "fr"),
    /Cannot find rows of the language "fr" in f\n {2}its rows are of "en", "de"$/,
  );
  assert.deepEqual(read("[]").texts, []);
  assert.deepEqual(read(" \n").texts, []);
});

const withoutGold = { ...row, true_label: undefined };
for (
  const [name, text, message, options] of [
    [
      "a row without its gold label, though a system predicted one",
      JSON.stringify([row, withoutGold]),
      /^f:1:78: Cannot use the label "true_label" of a row: expected a text or a number, not nothing\n[^]*its keys are "text1", "text2", "predicted_label"$/,
      nli,
    ],
    [
      "a pair without its second text",
      `[\n  {"text1": "a", "true_label": "Yes"}\n]`,
      /^f:2:3: Cannot use the text "text2" of a row: expected a text, not nothing\n/,
      nli,
    ],
    [
      "a text that is none",
      `{"x": [[1], {"predictions": [2]}], "predictions": [{"text1": "a", "text2": null, "true_label": "Yes"}]}`,
      /^f:1:52: Cannot use the text "text2" of a row: expected a text, not null\n/,
      { ...nli, list: "predictions" },
    ],
    [
      "an unknown label",
      `[{"text":"a","label":"neutrl"}]`,
      /^f:1:2: [^]*did you mean "neutral"/,
      {},
    ],
    [
      "another spelling of a label",
      `[{"text":"a","label":"Neutral "}]`,
      /^f:1:2: Cannot use the label "Neutral ": this corpus spells it "neutral"\n[^]*labelMap: { "Neutral ": "neutral" }/,
      {},
    ],
    [
      "a label that is null",
      `[{"text":"a","label":null}]`,
      /the label "label" of a row: [^]*null/,
      {},
    ],
    ["a row that is no object", `[3]`, /^f:1:2: Cannot read a row: .* not the number 3/, {}],
    ["a row that is a list", `[{"text":"a","label":"neutral"},\n []]`, /^f:2:2: [^]*a list/, {}],
    [
      "an object without the key of its list",
      `{"predictions": [], "about": 1}`,
      /^f:1:1: Cannot read the file as rows: it is an object\n[^]*`list: predictions`[^]*"about"/,
      {},
    ],
    ["a key that has no list", `{"a": 1}`, /^f:1:1: Cannot find a list at "b" of the file\n/, {
      list: "b",
    }],
    ["a key of everything's own", `{"a": []}`, /Cannot find a list at "toString"/, {
      list: "toString",
    }],
    ["a number", "7", /^f:1:1: Cannot read the file as rows: it is the number 7/, {}],
    [
      "no JSON",
      `[{"text": "a",\n  label: "neutral"}]`,
      /^f:2:3: Cannot read the file as JSON: /,
      {},
    ],
    ["JSON that was cut", `[{"text": "a"`, /^f:1:14: Cannot read the file as JSON: /, {}],
    [
      "lines read as a list",
      `{"text":"a"}\n{"text":"b"}`,
      /^f:2:1: Cannot read the file as JSON/,
      {},
    ],
    [
      "a line that is no JSON",
      `{"text":"a","label":"neutral"}\n{"text":"b",}\n`,
      /^f:2:13: Cannot read the file as JSON: /,
      { lines: true },
    ],
    [
      "a label in a line",
      `{"text":"a","label":"neutral"}\n\n{"text":"b","label":"x"}\n`,
      /^f:3:1: Cannot use the label "x"/,
      { lines: true },
    ],
  ] as const
) {
  Deno.test(`refused in its place: ${name}`, () => {
    assert.throws(() => read(text, options), (error) => {
      assert.ok(error instanceof UserError, String(error));
      assert.match(error.message, message);
      return true;
    });
  });
}

Deno.test("of many wrong rows the first five are shown", () => {
  const rows = Array.from({ length: 8 }, () => ({ text: "a", label: "x" }));
  assert.throws(
    () => read(JSON.stringify(rows), {}),
    (error: UserError) =>
      error.problems.length === 6 && /… and 3 more such lines in f$/.test(error.message),
  );
});
