/** Tables of texts without quoting, without a header, and with labels that are mapped. */
import { strict as assert } from "node:assert";
import { UserError } from "../core/errors.ts";
import { csvDefaults, type CsvOptions, readCsvTexts } from "./csv_texts.ts";

const labels = ["positive", "negative"];

function read(text: string, options: Partial<CsvOptions> = {}, language?: string) {
  const bytes = new TextEncoder().encode(text);
  return readCsvTexts(bytes, "f", labels, { ...csvDefaults, ...options }, language);
}

const tsv = { separator: "tab", quotes: false } as const;

Deno.test("without quoting, a double quote is a character like others", () => {
  const { texts, oddities } = read(
    'text\tlabel\tsource\n"so\tpositive\tx\nhe said "no"\tnegative\ty\nthe end"\tpositive\tz\n' +
      '"whole"\tnegative\t""\n""\tpositive\t\r\n',
    tsv,
  );
  assert.deepEqual(texts.map(({ text, label }) => [text, label]), [
    ['"so', "positive"],
    ['he said "no"', "negative"],
    ['the end"', "positive"],
    ['"whole"', "negative"],
    ['""', "positive"],
  ]);
  assert.deepEqual(oddities, []);
});

Deno.test("with quoting, rows that lone double quotes swallow are noted, or refused with a hint", () => {
  const { texts, oddities } = read('text\tlabel\n"so\tpositive\nthe end"\tnegative\n', {
    separator: "tab",
  });
  assert.equal(texts.length, 1);
  assert.deepEqual(oddities.map(({ oddity, line }) => [oddity, line]), [["quotedRows", 2]]);
  assert.throws(
    () => read('text\tlabel\nhe said "no"\tpositive\n', { separator: "tab" }),
    /^UserError: f:2:1: Cannot read the file as CSV: [^]*declare `quotes: false`/,
  );
});

Deno.test("columns by number, with a header and without", () => {
  const options = { text: 3, label: 1 };
  assert.deepEqual(
    read("label,x,words\npositive,1,a\n", options).texts,
    [{ text: "a", second: null, label: "positive" }],
  );
  assert.deepEqual(
    read("positive\t1\ta\nnegative\t2\tb\n", { ...tsv, ...options, header: false }).texts,
    [
      { text: "a", second: null, label: "positive" },
      { text: "b", second: null, label: "negative" },
    ],
  );
  assert.deepEqual(read("", { ...options, header: false }).texts, []);
});

Deno.test("the columns of XNLI and MultiNLI: rows of a language, those without a gold label left out", () => {
  const file = "language\tgold_label\tsentence1\tsentence2\tgenre\n" +
    'en\tcontradictory\tHe said "yes\tNo\tfiction\nen\t-\tx\ty\tfiction\n' +
    "de\tneutral\tJa\tNein\tfiction\nen\tentailment\tA dog\tA pet\tfiction\n";
  const { texts, oddities } = readCsvTexts(
    new TextEncoder().encode(file),
    "f",
    ["entailment", "neutral", "contradiction"],
    {
      ...csvDefaults,
      ...tsv,
      text: "sentence1",
      second: "sentence2",
      label: "gold_label",
      language: "language",
      labelMap: [["contradictory", "contradiction"]],
      dropLabels: ["-"],
    },
    "en",
  );
  assert.deepEqual(texts, [
    { text: 'He said "yes', second: "No", label: "contradiction" },
    { text: "A dog", second: "A pet", label: "entailment" },
  ]);
  assert.deepEqual(
    oddities.map(({ oddity, action, line, detail }) => [oddity, action, line, detail]),
    [["noGoldLabel", "dropped", 3, "-: x"]],
  );
});

for (
  const [name, text, options, message] of [
    [
      "two spellings of a label",
      "text,label\na,positive\nb,Positive\nc,positive \n",
      {},
      /^f:3:1: Cannot use the label "Positive": this corpus spells it "positive"\n[^]*labelMap: { "Positive": "positive" }[^]*f:4:1: Cannot use the label "positive ": this/,
    ],
    [
      "another spelling of what is mapped",
      "text,label\na,POS\nb,pos\n",
      { labelMap: [["POS", "positive"]] },
      /^f:3:1: Cannot use the label "pos": this corpus spells it "POS"\n[^]*{ "pos": "positive" }/,
    ],
    [
      "a label that nobody sees the whole of",
      "text,label\na,pos\u200bitive\n",
      {},
      /Cannot use the label "pos\u200bitive": this corpus spells it "positive"/,
    ],
    [
      "no label",
      "text,label\na,\n",
      {},
      /^f:2:1: Cannot use the label "": this corpus has positive/,
    ],
    [
      "a column beyond the last",
      "a,positive\n",
      { header: false, text: 3, label: 2 },
      /^f:1:1: Cannot find column 3: the file has 2/,
    ],
    [
      "one column as two",
      "text,label\na,positive\n",
      { label: 1 },
      /^f:1:1: Cannot read one column as two/,
    ],
    [
      "a row with a tab too many",
      "text\tlabel\na\tb\tpositive\n",
      tsv,
      /^f:2:1: Cannot read the file as CSV: [^]*declare `quotes: true`/,
    ],
    [
      "a language that has no rows",
      "text,label,lang\na,positive,eng\nb,positive,swa\n",
      { language: "lang" },
      /^f:1:1: Cannot find rows of the language "en"\n[^]*its rows are of "eng", "swa"/,
    ],
  ] as const
) {
  Deno.test(`refused in its place: ${name}`, () => {
    assert.throws(() => read(text, options, "en"), (error) => {
      assert.ok(error instanceof UserError, String(error));
      assert.match(error.message, message);
      return true;
    });
  });
}
