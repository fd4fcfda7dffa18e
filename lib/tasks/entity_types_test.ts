import { strict as assert } from "node:assert";
import { UserError } from "../core/errors.ts";
import { droppedEntities, entityTypeProblems } from "./entity_types.ts";
import { iob2Tags } from "../core/tags.ts";
import { keepTypes } from "./entity_labels.ts";

const lists = (entityTypes: string[], ignoreTypes: string[] = []) => ({ entityTypes, ignoreTypes });
const sound = [
  lists(["PER", "ORG", "LOC"]),
  lists(["location", "WORK_OF_ART", "ЛИЦО", "人名", "a-b", "O", "B-PER"], ["MISC", "date"]),
  lists(["constructor", "__proto__", "toString"], ["hasOwnProperty", "micro"]),
  lists(["per", "PER"], ["Per"]),
];

for (const given of sound) {
  Deno.test(`[${given.entityTypes}] and [${given.ignoreTypes}] are kept and ignored`, () => {
    assert.deepEqual(entityTypeProblems(given), []);
    const labels = iob2Tags(given.entityTypes);
    assert.equal(new Set(labels).size, 2 * given.entityTypes.length + 1);
    const tags = [...labels, ...given.ignoreTypes.map((type) => `I-${type}`)];
    const kept = keepTypes(tags, given.entityTypes, given.ignoreTypes);
    assert.deepEqual(kept, [...labels, ...given.ignoreTypes.map(() => "O")]);
  });
}

const wrong: [ReturnType<typeof lists>, places: string[]][] = [
  [lists(["PER", "ORG", "PER", "PER"]), ["entityTypes.2", "entityTypes.3"]],
  [lists(["PER"], ["MISC", "MISC"]), ["ignoreTypes.1"]],
  [lists(["PER", "ORG"], ["ORG"]), ["ignoreTypes.0"]],
  [lists(["", "PER"], ["\t"]), ["entityTypes.0", "ignoreTypes.0"]],
  [lists(["a b", "a\u00a0b", "a\u200bb", "a\tb", "a\u0000", "\ufeffa", "a\n", "a\u0378"]), [
    ...Array.from({ length: 8 }, (_, i) => `entityTypes.${i}`),
  ]],
  [lists(["micro", "macro"]), ["entityTypes.0", "entityTypes.1"]],
];

for (const [given, places] of wrong) {
  Deno.test(`${JSON.stringify(given)} is refused at ${places}`, () => {
    assert.deepEqual(entityTypeProblems(given).map(({ path }) => path.join(".")), places);
  });
}

Deno.test("a split that loses all its entities is refused, one that loses some is noted", () => {
  const both = lists(["PER"], ["ORG", "LOC"]);
  const dropped = (split: string, ...tags: string[][]) =>
    droppedEntities(
      split,
      tags,
      tags.map((each) => keepTypes(each, both.entityTypes, both.ignoreTypes)),
      both,
    );
  assert.equal(dropped("train", ["O", "B-PER"], ["I-PER"]), "");
  assert.equal(dropped("train"), "");
  assert.equal(dropped("test", ["O"]), "");
  assert.equal(
    dropped("test", ["B-ORG", "I-ORG", "O"], ["B-PER"]),
    "2 of 3 words in entities become O, as [ORG, LOC] are ignored",
  );
  assert.equal(
    dropped("validation", ["B-ORG", "I-ORG"]),
    "no entity is left: all 2 words in entities become O, as [ORG, LOC] are ignored",
  );
  for (const split of ["train", "test"]) {
    assert.throws(
      () => dropped(split, ["B-ORG", "O"], ["B-LOC"]),
      (error) =>
        error instanceof UserError &&
        error.problems[0].message === `Cannot use the ${split} split as no entity is left: all ` +
            "its 2 words in entities are of the ignored types [ORG, LOC], none of [PER]",
    );
  }
});
