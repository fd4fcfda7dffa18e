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
