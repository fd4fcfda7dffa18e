import { strict as assert } from "node:assert";
import { UserError } from "./errors.ts";
import { parseYaml, parseYamlValue, type YamlPath } from "./yaml.ts";

const text = `name: sample # comment
list: [one, { two: 2 }]
deep:
  key: "a b"
  shared: &shared { x: 1 }
  again: *shared
`;

const places: [path: YamlPath, part: "key" | "value", place: [number, number, number]][] = [
  [["name"], "value", [1, 7, 6]],
  [["name"], "key", [1, 1, 4]],
  [["list", 0], "value", [2, 8, 3]],
  [["list", 1, "two"], "key", [2, 15, 3]],
  [["deep", "key"], "value", [4, 8, 5]],
  [["deep", "again"], "value", [6, 10, 7]],
  [["deep", "missing"], "key", [3, 1, 4]],
  [["name", "below", "a scalar"], "value", [1, 7, 6]],
];

for (const [path, part, [line, column, length]] of places) {
  Deno.test(`the place of the ${part} at ${path.join(".")}`, () => {
    const range = parseYaml(text, "f.yaml").rangeOf(path, part);
    assert.deepEqual([range.line, range.column, range.length], [line, column, length]);
    assert.equal(range.file, "f.yaml");
  });
}

Deno.test("values are plain, aliases are replaced, keys are text", () => {
  assert.deepEqual(parseYaml(text, "f").value, {
    name: "sample",
    list: ["one", { two: 2 }],
    deep: { key: "a b", shared: { x: 1 }, again: { x: 1 } },
  });
  assert.deepEqual(parseYamlValue("{ 1: no, true: on, __proto__: x }", "v"), {
    "1": "no",
    "true": "on",
    ["__proto__"]: "x",
  });
});

Deno.test("one value on a command line keeps its type", () => {
  assert.deepEqual(
    ["3", "3.5", "true", "null", "[a, 1]", "'3'", "no"].map((each) => parseYamlValue(each, "v")),
    [
      3,
      3.5,
      true,
      null,
      ["a", 1],
      "3",
      "no",
    ],
  );
});

for (
  const bad of [
    "a: *gone",
    "&a [*a]",
    "a: !!js/function x",
    "a: 1e999",
    "? [x]\n: 1",
    "a: {",
    "%YAML 9.9\n---\na: b: c",
    "a: 1\n---\nb: 2",
  ]
) {
  Deno.test(`refused with its place: ${JSON.stringify(bad)}`, () => {
    assert.throws(() => parseYaml(bad, "f.yaml"), (error) => {
      assert.ok(error instanceof UserError);
      assert.match(error.message, /^f\.yaml:\d+:\d+: /);
      return true;
    });
  });
}

const endless: [about: string, piece: string, expected: RegExp][] = [
  ["lists in lists", "[", /f\.yaml:1:101: Cannot read more than 100 nested values/],
  ["dashes", "- ", /f\.yaml:1:201: Cannot read more than 100 nested values/],
  ["lists that stay open", "- [a\n", /Cannot read more than 100 nested values/],
  ["texts that stay open", '- "a\n', /Cannot find the " that ends this text/],
  ["aliases of nothing", "- *x\n", /f\.yaml:1:3: Cannot find "&x" before alias "\*x"/],
  ["one key", "a: 1\n", /f\.yaml:2:1: Cannot use key "a" twice/],
  ["one sign", "!", /Cannot read YAML: /],
];

for (const [about, piece, expected] of endless) {
  Deno.test(`a file full of ${about} is refused, briefly`, () => {
    assert.throws(() => parseYaml(piece.repeat(2 ** 16 / piece.length), "f.yaml"), (error) => {
      assert.ok(error instanceof UserError);
      assert.match(error.message, expected);
      assert.ok(error.message.length < 10_000, `${error.message.length} characters`);
      return true;
    });
  });
}

Deno.test("an alias stands for the last anchor of its name before it", () => {
  const { value } = parseYaml("a: &x 1\nb: *x\nc: &x 2\nd: *x\n", "f");
  assert.deepEqual(value, { a: 1, b: 1, c: 2, d: 2 });
});

Deno.test("brackets in text are no nesting", () => {
  const text = `a: "${"[".repeat(200)}"\nb: |\n  ${"{".repeat(200)}\n# ${"[".repeat(200)}\n`;
  assert.deepEqual(Object.keys(Object(parseYaml(text, "f").value)), ["a", "b"]);
});
