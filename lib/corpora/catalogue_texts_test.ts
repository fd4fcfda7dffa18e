/** What is wrong with entries of labelled texts, each at its place. */
import { strict as assert } from "node:assert";
import { UserError } from "../core/errors.ts";
import { findSource, parseCatalogue } from "./catalogue.ts";

const entry = `corpora:
  tiny:
    title: A tiny corpus
    task: entail
    licence: none
    format: csv
    options: { second: hypothesis, labelMap: { Yes: good }, dropLabels: ["-"] }
    url: https://example.org/{language}.tsv
    languages: de en
    splits: { test: test }
    cut: { split: test, together: 3, shares: { train: 2, test: 1 } }
    labels: [good, bad]
`;
const json = "format: json\n    options: { second: b, ";

Deno.test("an entry of pairs whose splits are cut out of one", () => {
  const { files, entry: { splits } } = findSource(parseCatalogue(entry, "s"), "tiny", "de");
  assert.deepEqual(files.map(({ holds, url }) => [holds, url]), [
    ["test", "https://example.org/de.tsv"],
  ]);
  assert.deepEqual(splits, { test: "test" });
  // A column of languages stands for languages in the address.
  const inRows = entry.replace("{language}", "all").replace("second:", "language: lang, second:");
  assert.equal(
    findSource(parseCatalogue(inRows, "s"), "tiny", "en").files[0].url,
    "https://example.org/all.tsv",
  );
});

for (
  const [name, from, to, message] of [
    ["repeated label", "[good, bad]", "[good, bad, good]", /^s:12:25: [^]*"good" is listed twice/],
    [
      "label in two spellings",
      "[good, bad]",
      '[good, "Good "]',
      /^s:12:20: [^]*"Good" is "good" in another spelling: name one, and map the other to it in `options: { labelMap: … }`/,
    ],
    [
      "label that is mapped to none",
      "Yes: good",
      "Yes: god",
      /^s:7:\d+: [^]*"god" is none of the labels/,
    ],
    [
      "label that is mapped to another",
      "Yes: good",
      "bad: good",
      /^s:7:\d+: [^]*"bad" is a label of this corpus itself/,
    ],
    [
      "label that is dropped and read",
      '["-"]',
      "[bad]",
      /^s:7:\d+: [^]*"bad" is a label that is read/,
    ],
    [
      "mapped label that is dropped",
      '["-"]',
      '["Yes"]',
      /^s:7:\d+: [^]*"Yes" is a label that is read/,
    ],
    [
      "pairs without a second text",
      "second: hypothesis, ",
      "",
      /^s:4:11: [^]*needs `options: { second/,
    ],
    ["address without a language", "{language}", "all", /^s:8:10: [^]*must have {language}/],
    [
      "names of columns without a header",
      "second: hypothesis",
      "header: false, text: 1, label: 2, second: hypothesis",
      /^s:7:\d+: [^]*needs the number of the column as `second`/,
    ],
    [
      "columns that nobody numbers",
      "second: hypothesis",
      "header: false, second: 3, label: 2",
      /^s:7:\d+: [^]*needs the number of the column as `text`/,
    ],
    [
      "cut of a split that is not there",
      "{ test: test }",
      "{ train: a }",
      /^s:11:\d+: [^]*"test" is none of the splits/,
    ],
    [
      "cut into a split that is there",
      "{ test: test }",
      "{ test: test, train: train }",
      /"train" is a split of the source already/,
    ],
    [
      "cut that leaves nothing",
      "train: 2, test: 1",
      "train: 2, validation: 1",
      /^s:11:\d+: [^]*needs a share of "test"/,
    ],
    ["cut into one", "train: 2, test: 1", "test: 1", /^s:11:\d+: [^]*must name two splits/],
    ["share of nothing", "train: 2", "train: 0", /^s:11:\d+: /],
    ["share by name", "train: 2", "dev: 2", /^s:11:\d+: [^]*"dev"/],
    [
      "lists beside lines",
      "format: csv\n    options: { second: hypothesis, ",
      `${json}lines: true, list: a, `,
      /must not stand beside `lines: true`/,
    ],
    [
      "option of another format",
      "format: csv\n    options: { second: hypothesis, ",
      `${json}separator: tab, `,
      /"separator"/,
    ],
    ["task of tags", "task: entail", "task: pos", /^s:4:11: /],
  ] as const
) {
  Deno.test(`refused at its place: ${name}`, () => {
    assert.ok(entry.includes(from));
    assert.throws(() => parseCatalogue(entry.replace(from, to), "s"), (error) => {
      assert.ok(error instanceof UserError, String(error));
      assert.match(error.message, message);
      return true;
    });
  });
}
