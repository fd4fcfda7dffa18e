import { strict as assert } from "node:assert";
import { fileURLToPath } from "node:url";
import { standardLanguages } from "../corpora/languages.ts";
import { hypothesesOf, parseTemplates, templateOf } from "./hypotheses.ts";

Deno.test("every template has a place for a label, and is of a language that is known", async () => {
  const path = fileURLToPath(new URL("../../data/hypotheses.yaml", import.meta.url));
  const templates = parseTemplates(await Deno.readTextFile(path), path);
  const languages = await standardLanguages();
  assert.deepEqual(Object.keys(templates).filter((code) => languages.get(code)?.code !== code), []);
  assert.deepEqual(Object.keys(templates), Object.keys(templates).toSorted());
});

Deno.test("a language is named by any of its codes; English is that of none", async () => {
  assert.deepEqual(hypothesesOf(await templateOf("de"), ["gut", "schlecht"]), [
    "Dieser Text ist gut.",
    "Dieser Text ist schlecht.",
  ]);
  assert.equal(await templateOf("german"), await templateOf("deu"));
  assert.equal(await templateOf(), await templateOf("eng"));
  await assert.rejects(
    templateOf("hau"),
    /Cannot find a hypothesis for the language "hau" in data\/hypotheses\.yaml\n {2}give one with --template/,
  );
});

Deno.test("a label stands as it is written, whatever it holds", () => {
  assert.deepEqual(hypothesesOf("{} ist $&.", ["$1", "{}"]), ["$1 ist $&.", "{} ist $&."]);
});

const refused: [template: string, labels: string[], message: RegExp][] = [
  ["This text is good.", ["a", "b"], /it has no place \{\} for a label/],
  ["{} is {}.", ["a", "b"], /it has 2 places \{\} for a label/],
  ["{}", ["a", "b", "a"], /Cannot use the label "a" twice/],
  ["{}", ["a", ""], /Cannot use an empty label/],
  ["{}", ["a"], /Cannot choose among 1 labels: two are the least/],
];
for (const [template, labels, message] of refused) {
  Deno.test(`refused: ${template} of ${labels.join()}`, () => {
    assert.throws(() => hypothesesOf(template, labels), message);
  });
}

Deno.test("templates without a place are refused where they stand", () => {
  assert.throws(
    () => parseTemplates('eng: "It is {}."\nfra: "Voilà."\ngerman: "{}"\n', "t.yaml"),
    (error: Error) => {
      assert.match(error.message, /t\.yaml:2:6: Cannot use this as "fra"/);
      assert.match(error.message, /must have one place \{\} for a label/);
      assert.match(error.message, /t\.yaml:3:1: Cannot use "german" as a name/);
      return true;
    },
  );
});
