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

Deno.test("LaTeX has rules, numbers on the right, and no command of a stranger's", () => {
  assert.equal(
    formatResult({
      columns: ["a_b", "f1 ±"],
      rows: [["\\input{/etc/passwd} 5% $x$ #1 ~^", 81.25], ["x & y", null]],
    }, "latex"),
    [
      "% needs \\usepackage{booktabs}",
      "\\begin{tabular}{lr}",
      "\\toprule",
      "a\\_b & f1 \\ensuremath{\\pm} \\\\",
      "\\midrule",
      "\\textbackslash{}input\\{/etc/passwd\\} 5\\% \\$x\\$ \\#1 \\textasciitilde{}\\textasciicircum{} & 81.25 \\\\",
      "x \\& y &  \\\\",
      "\\bottomrule",
      "\\end{tabular}",
    ].join("\n"),
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

Deno.test("controls and wide characters keep columns where they are", () => {
  const rows = [["An\x1b[31mna", 1], ["👩‍👩‍👧‍👦🇹🇿", 2], ["\x07\x00\x9b\x7f", 3], ["a\r\n\tb", 4]];
  assert.equal(
    formatResult({ columns: ["wo\x1brd", "n"], rows }, "table"),
    [
      "wo␛rd      n",
      "─────────  ─",
      "An␛[31mna  1",
      "👩‍👩‍👧‍👦🇹🇿       2",
      "␇␀�␡       3",
      "a b        4",
    ].join("\n"),
  );
});

Deno.test("CSV tells NULL from an empty text, and JSON what no number is", () => {
  const columns = ["a", "b"];
  assert.equal(formatResult({ columns, rows: [[null, ""]] }, "csv"), 'a,b\r\n,""');
  assert.equal(
    formatResult({ columns, rows: [[[0.123456, null], true]] }, "csv"),
    'a,b\r\n"[0.123456, NULL]",true',
  );
  const rows = [[NaN, [Infinity, 1]]];
  assert.deepEqual(JSON.parse(formatResult({ columns, rows }, "json")), [{
    a: "NaN",
    b: ["Infinity", 1],
  }]);
  assert.equal(formatResult({ columns, rows: [] }, "json"), "[]");
});

Deno.test("a table may have more rows than a call can have arguments", () => {
  const rows = Array.from({ length: 200_000 }, (_, i) => [i]);
  assert.equal(formatResult({ columns: ["i"], rows }, "table").split("\n").length, 200_002);
});
