import { strict as assert } from "node:assert";
import { recombineNames, type TaggedWords } from "./recombine.ts";

const sentences: TaggedWords[] = [
  { tokens: ["Nairobi", "is", "far"], tags: ["B-LOC", "O", "O"], group: "eng" },
  { tokens: ["Kampala", "of", "12"], tags: ["B-LOC", "I-LOC", "I-LOC"], group: "eng" },
  { tokens: ["Amina", "አበበ"], tags: ["B-PER", "I-PER"], group: "eng" },
  { tokens: ["Москва"], tags: ["B-LOC"], group: "rus" },
];

Deno.test("name words take the second half of a name of their type and group", () => {
  const seen = new Set<string>();
  for (let epoch = 0; epoch < 40; epoch++) {
    for (const { tokens } of recombineNames(sentences, 1, 7, epoch)) {
      for (const token of tokens) seen.add(token);
    }
  }
  assert.deepEqual(
    [...seen].sort(),
    [
      "12",
      "Amina",
      "Amiበ",
      "Kampala",
      "Kampobi",
      "Nairala",
      "Nairobi",
      "far",
      "is",
      "of",
      "Москва",
      "አበበ",
      "አበna",
    ].sort(),
  );
});

Deno.test("the rate is kept, tags stay, and choices depend on the key alone", () => {
  const many = Array.from({ length: 4000 }, (_, i): TaggedWords => ({
    tokens: [`Ab${i}xyz`, "word"],
    tags: ["B-PER", "O"],
    group: "g",
  }));
  const once = recombineNames(many, 0.3, 1, 0);
  const changed = once.filter(({ tokens }, i) => tokens[0] !== many[i].tokens[0]).length;
  assert.ok(changed > 1000 && changed < 1350, `${changed} of 4000 changed`);
  assert.ok(once.every(({ tags, tokens }) => tags[0] === "B-PER" && tokens[1] === "word"));
  assert.deepEqual(once, recombineNames(many, 0.3, 1, 0));
  assert.notDeepEqual(once, recombineNames(many, 0.3, 1, 1));
  assert.deepEqual(recombineNames(many, 0, 1, 0), many);
});
