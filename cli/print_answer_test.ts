import { strict as assert } from "node:assert";
import type { Cell } from "../lib/table/duckdb.ts";
import type { Answer } from "../lib/table/read_only.ts";
import { type AnswerTarget, printAnswer } from "./print_answer.ts";
import { formatResult, type TableFormat, tableFormats } from "./text_table.ts";

/** An answer of so many rows, in batches, that notes how many were taken. */
function answerOf(count: number, row: (i: number) => Cell[], types: string[]) {
  const taken = { rows: 0 };
  const columns = types.map((_, i) => `c${i}`);
  async function* batches(): AsyncGenerator<Cell[][]> {
    for (let start = 0; start < count; start += 300) {
      const rows = Array.from({ length: Math.min(300, count - start) }, (_, i) => row(start + i));
      taken.rows += rows.length;
      yield await Promise.resolve(rows);
    }
  }
  return { taken, answer: { columns, types, batches: batches() } satisfies Answer };
}

async function printed(
  answer: Answer,
  format: TableFormat,
  target: Partial<AnswerTarget> = {},
): Promise<string> {
  let text = "";
  const write = (part: string) => Promise.resolve(void (text += part));
  await printAnswer(answer, format, { isTerminal: false, write, ...target });
  return text;
}

Deno.test("an answer that comes in parts is printed as one that is there", async () => {
  const row = (i: number): Cell[] => [i, i % 3 ? `w${i}` : null, [i / 2, "a, b"], ""];
  for (const format of tableFormats) {
    for (const count of [0, 1, 299, 300, 301, 1000]) {
      const { answer } = answerOf(count, row, ["BIGINT", "VARCHAR", "VARCHAR[]", "VARCHAR"]);
      const rows = Array.from({ length: count }, (_, i) => row(i));
      if (format === "latex" && count === 0) {
        // Without rows, types alone say what stands on the right.
        assert.match(await printed(answer, format), /\{rlll\}/);
        continue;
      }
      const end = format === "csv" ? "\r\n" : "\n";
      assert.equal(
        await printed(answer, format),
        formatResult({ columns: answer.columns, rows }, format) + end,
        `${format} ${count}`,
      );
    }
  }
});

Deno.test("columns are as wide as the first thousand rows need", async () => {
  const row = (i: number): Cell[] => [i < 1300 ? "ab" : "longer", i];
  const { answer } = answerOf(1500, row, ["VARCHAR", "BIGINT"]);
  const lines = (await printed(answer, "table")).split("\n");
  assert.equal(lines[1], "──  ────");
  assert.equal(lines[2], "ab     0");
  assert.equal(lines[1301], "ab  1299");
  assert.equal(lines[1302], "longer  1300");
  assert.equal(lines.length, 1503);
});

Deno.test("a decimal that no double holds, and a large number, stand on the right", async () => {
  const types = ["DECIMAL(38,20)", "HUGEINT", "VARCHAR"];
  const { answer } = answerOf(1, () => ["0.12345678901234567891", "9007199254740993", "1"], types);
  const [head, , row] = (await printed(answer, "table")).split("\n");
  assert.equal(row, "0.12345678901234567891  9007199254740993  1");
  assert.equal(head, "                    c0                c1  c2");
});

Deno.test("a screen is asked when it is full, and rows that nobody wants are not taken", async () => {
  const cases: [answers: boolean[], lines: number, asked: number][] = [
    [[], 9, 1],
    [[true], 18, 2],
    [[true, true, true], 36, 4],
  ];
  for (const [answers, lines, count] of cases) {
    const { answer, taken } = answerOf(100_000, (i) => [i], ["BIGINT"]);
    let asked = 0;
    const more = () => Promise.resolve(answers[asked++] ?? false);
    const screen = { lines: 10, columns: 80, more };
    const text = await printed(answer, "csv", { screen });
    assert.equal(text.split("\n").length - 1, lines);
    assert.equal(asked, count);
    assert.equal(taken.rows, 300);
  }
});

Deno.test("controls go to a terminal as pictures, to files as they are", async () => {
  const evil = "An\x1b[31m\x07\x00\x9b\x7fna";
  const shown = "An␛[31m␇␀�␡na";
  const expected: [TableFormat, toFile: string, toTerminal: string][] = [
    ["table", shown, shown],
    ["csv", evil, shown],
    ["json", "An\\u001b[31m\\u0007\\u0000\\u009b\\u007fna", "An\\u001b[31m\\u0007\\u0000"],
    ["markdown", shown, shown],
  ];
  for (const [format, toFile, toTerminal] of expected) {
    for (const isTerminal of [false, true]) {
      const { answer } = answerOf(1, () => [evil, [evil]], ["VARCHAR", "VARCHAR[]"]);
      const text = await printed({ ...answer, columns: [evil, "b"] }, format, { isTerminal });
      const value = isTerminal ? toTerminal : toFile;
      assert.ok(text.split(value).length >= 3, `${format} ${isTerminal}: ${JSON.stringify(text)}`);
      // deno-lint-ignore no-control-regex
      if (isTerminal) assert.doesNotMatch(text, /[\0-\x08\x0b-\x1f\x7f-\x9f]/);
      if (format === "json") assert.equal(JSON.parse(text)[0][evil], evil);
    }
  }
});

Deno.test("a plan is drawn in lines", async () => {
  const rows: Cell[][] = [["physical_plan", "┌───┐\n│ \x1b │\n└───┘\n"]];
  async function* batches() {
    yield await Promise.resolve(rows);
  }
  const columns = ["explain_key", "explain_value"], types = ["VARCHAR", "VARCHAR"];
  const text = await printed({ columns, types, batches: batches() }, "table");
  assert.equal(text, "┌───┐\n│ ␛ │\n└───┘\n");
});
