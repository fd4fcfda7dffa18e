import { strict as assert } from "node:assert";
import { environmentError, formatProblem, messageOf, type Problem, UserError } from "./errors.ts";

const range = { file: "a.yaml", line: 3, column: 5, length: 4, lineText: "    word: 1" };
const printed: [about: string, problem: Problem, lines: string[]][] = [
  ["a message alone", { message: "Cannot go on" }, ["Cannot go on"]],
  ["a hint", { message: "Cannot go on", hint: "rest" }, ["Cannot go on", "  rest"]],
  [
    "a place, a squiggle and a hint",
    { message: "Cannot use it", range, hint: "did you mean this?" },
    ["a.yaml:3:5: Cannot use it", "      word: 1", "      ~~~~", "  did you mean this?"],
  ],
  [
    "a warning",
    { message: "It is unused", range, severity: "warning" },
    ["a.yaml:3:5: warning: It is unused", "      word: 1", "      ~~~~"],
  ],
  [
    "tabs before the place stay tabs",
    { message: "m", range: { ...range, column: 3, length: 1, lineText: "\t\tx" } },
    ["a.yaml:3:3: m", "  \t\tx", "  \t\t~"],
  ],
  [
    "a squiggle ends with the line, and is never nothing",
    { message: "m", range: { ...range, column: 12, length: 90 } },
    ["a.yaml:3:12: m", "      word: 1", "             ~"],
  ],
];

for (const [about, problem, lines] of printed) {
  Deno.test(`a problem with ${about} is printed`, () => {
    assert.equal(formatProblem(problem), lines.join("\n"));
  });
}

Deno.test("a user error shows all its problems", () => {
  const problems = [{ message: "one" }, { message: "two", hint: "mend it" }];
  assert.equal(new UserError(problems).message, "one\n\ntwo\n  mend it");
  assert.deepEqual(new UserError("one").problems, [{ message: "one" }]);
  assert.deepEqual(new UserError(problems[1]).problems, [problems[1]]);
});

Deno.test("anything that is thrown has a text", () => {
  assert.equal(messageOf(new Error("why")), "why");
  assert.equal(messageOf("why"), "why");
  assert.equal(messageOf(undefined), "undefined");
  assert.equal(messageOf(new TypeError("")), "TypeError without a message");
  assert.equal(messageOf(""), "an empty text");
  assert.equal(messageOf({ code: 3 }), "{ code: 3 }");
});

Deno.test("what the machine refuses can be mended; a mistake in the code cannot", async () => {
  const file = await Deno.makeTempFile();
  const refused = await Deno.mkdir(`${file}/below`).catch((error) => error);
  await Deno.remove(file);
  const error = environmentError(refused);
  assert.match(
    error!.message,
    /^Cannot go on: Not a directory .*below'\n {2}a file stands where a folder should be/,
  );
  assert.equal(error!.cause, refused);
  const full = Object.assign(new Error("No space left on device (os error 28)"), {
    code: "ENOSPC",
  });
  assert.match(environmentError(full)!.message, /device \(os error 28\)\n {2}free some space/);
  for (const other of [new TypeError("x is not a function"), "text", undefined, { code: 3 }]) {
    assert.equal(environmentError(other), undefined);
  }
});

Deno.test("a long line is cut around its place, wide characters take two columns, controls show", () => {
  const range = (lineText: string, word: string) => ({
    file: "f",
    line: 1,
    column: lineText.indexOf(word) + 1,
    length: word.length,
    lineText,
  });
  const shown = (lineText: string, word: string) =>
    formatProblem({ message: "m", range: range(lineText, word) }).split("\n").slice(1);
  assert.deepEqual(shown("名前: 二つ", "二つ"), ["  名前: 二つ", "        ~~~~"]);
  assert.deepEqual(shown("a\x1b[31mb: c", "c"), ["  a␛[31mb: c", "           ~"]);
  const [line, squiggle] = shown(`${"x".repeat(200)}WORD${"y".repeat(200)}`, "WORD");
  assert.equal(line, `  …${"x".repeat(40)}WORD${"y".repeat(56)}…`);
  assert.equal(squiggle, `  ${" ".repeat(41)}~~~~`);
});

Deno.test("of many problems the first fifty are printed", () => {
  const problems = Array.from({ length: 60 }, (_, i) => ({ message: `problem ${i}` }));
  const { message } = new UserError(problems);
  assert.match(message, /problem 49\n\nand 10 more problems$/);
  assert.equal(new UserError(problems).problems.length, 60);
});

Deno.test("controls of other people's texts are shown, wherever they stand", () => {
  const evil = "\x1b]0;pwn\x07\0\x7f\x9b";
  const range = { file: `${evil}.yaml`, line: 1, column: 1, length: 1, lineText: evil };
  const problem = { message: `Cannot use "${evil}"\n\tso`, hint: `did you mean "${evil}"?`, range };
  const shown = "␛]0;pwn␇␀␡�";
  const text =
    `${shown}.yaml:1:1: Cannot use "${shown}"\n\tso\n  ${shown}\n  ~\n  did you mean "${shown}"?`;
  assert.equal(formatProblem(problem), text);
  assert.equal(new UserError([problem, { message: evil }]).message, `${text}\n\n${shown}`);
});
