import { strict as assert } from "node:assert";
import { UserError } from "../core/errors.ts";
import { standardCatalogue } from "./catalogue.ts";
import { genealogicalDistance, parseLanguages, standardLanguages } from "./languages.ts";

const distances: [string, string, number | undefined][] = [
  ["deu", "deu", 0],
  ["de", "german", 0],
  ["swa", "sw", 0],
  ["eng", "nl", 1],
  ["zul", "xho", 1],
  ["hin", "deu", 2],
  ["yor", "ibo", 2],
  ["bbj", "swa", 2],
  ["amh", "hau", 2],
  ["luo", "swa", 3],
  ["eus", "spa", 3],
  ["kor", "jpn", 3],
  ["xx", "xx", 0],
  ["xx", "deu", undefined],
  ["deu", "constructor", undefined],
];
for (const [a, b, expected] of distances) {
  Deno.test(`${a} and ${b} are ${expected ?? "unknown"} apart, both ways`, async () => {
    const languages = await standardLanguages();
    assert.equal(genealogicalDistance(languages, a, b), expected);
    assert.equal(genealogicalDistance(languages, b, a), expected);
  });
}

Deno.test("every language of a corpus is known, but the many of WikiANN", async () => {
  const languages = await standardLanguages();
  const unknown = [...await standardCatalogue()].filter(([name]) => !name.startsWith("wikiann"))
    .flatMap(([name, { languages: own }]) =>
      [...own].filter((each) => !languages.has(each)).map((each) => `${name} ${each}`)
    );
  assert.deepEqual(unknown, []);
});

const entry = "codes: [xx], name: A, family: F, genus: G, script: Latn";
const refused: [string, string, RegExp][] = [
  [
    "a code twice",
    `languages:\n  aaa: { ${entry} }\n  bbb: { ${entry} }`,
    /Cannot use the code "xx" twice: A has it$/m,
  ],
  [
    "a genus in two families",
    `languages:\n  aaa: { ${entry} }\n  bbb: { ${
      entry.replace("[xx]", "[]").replace("family: F", "family: E")
    } }`,
    /Cannot put the genus "G" into "E": it is in "F" above$/m,
  ],
  ["a code of two letters", `languages:\n  aa: { ${entry} }`, /must be an ISO 639-3 code/],
  ["a script by its name", `languages:\n  aaa: { ${entry.replace("Latn", "Latin")} }`, /ISO 15924/],
];
for (const [name, text, message] of refused) {
  Deno.test(`languages refuse ${name}`, () => {
    assert.throws(
      () => parseLanguages(text, "languages.yaml"),
      (error) =>
        error instanceof UserError && message.test(error.message) &&
        error.problems[0].range?.file === "languages.yaml",
    );
  });
}
