import { strict as assert } from "node:assert";
import { cellText, formatResult } from "./text_table.ts";

const result = {
  columns: ["source", "f1", "tags"],
  rows: [["አማርኛ", 81.23456, ["B-PER", "O"]], ['a|b, "c"\nd', null, []], ["日本", 9, ["O"]]],
};

Deno.test("a table for people is aligned, numbers on the right", () => {
  assert.equal(
    formatResult(result, "table"),
    [
      "source           f1  tags",
      "──────────  ───────  ──────────",
      "አማርኛ        81.2346  [B-PER, O]",
      'a|b, "c" d           []',
      "日本              9  [O]",
    ].join("\n"),
  );
});

Deno.test("CSV quotes as RFC 4180 and keeps every digit", () => {
  assert.equal(
    formatResult(result, "csv"),
    'source,f1,tags\r\nአማርኛ,81.23456,"[B-PER, O]"\r\n"a|b, ""c""\nd",,[]\r\n日本,9,[O]',
  );
});

Deno.test("JSON and Markdown hold the same cells", () => {
  assert.deepEqual(JSON.parse(formatResult(result, "json"))[1], {
    source: 'a|b, "c"\nd',
    f1: null,
    tags: [],
  });
  assert.equal(
    formatResult(result, "markdown").split("\n")[3],
    '| a\\|b, "c" d |  | [] |',
  );
});

Deno.test("a number has four decimals, a small one four digits", () => {
  const texts: [number, string][] = [
    [0, "0"],
    [3, "3"],
    [12345678, "12345678"],
    [81.234567, "81.2346"],
    [-0.12344, "-0.1234"],
    [0.00002, "0.00002"],
    [0.000123456, "0.0001235"],
    [-1.5e-7, "-1.5e-7"],
    [1e300, "1e+300"],
    [NaN, "NaN"],
    [-Infinity, "-Infinity"],
  ];
  for (const [number, text] of texts) assert.equal(cellText(number), text);
});
