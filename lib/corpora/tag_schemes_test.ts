import { strict as assert } from "node:assert";
import { type TagScheme, tagSchemes, tagsOfScheme, toIob2 } from "./tag_schemes.ts";

/** Notes are the first letter of their kind (converted, broken, orphan) and the place of the tag. */
const rows: readonly (readonly [TagScheme, string, string, notes?: string])[] = [
  ["iob2", "B-A I-A O B-A B-A", "B-A I-A O B-A B-A"],
  ["iob2", "I-A I-B B-A I-A O I-A", "I-A I-B B-A I-A O I-A", "o0 o1 o5"],
  ["iob1", "I-A I-A B-A I-B O I-B", "B-A I-A B-A B-B O B-B", "c0 c3 c5"],
  ["io", "I-A I-A I-B O A A B", "B-A I-A B-B O B-A I-A B-B", "c0 c2 c4 c5 c6"],
  ["bioes", "B-A I-A E-A S-A O S-B", "B-A I-A I-A B-A O B-B", "c2 c3 c5"],
  ["bilou", "B-A I-A L-A U-A O U-B", "B-A I-A I-A B-A O B-B", "c2 c3 c5"],
  ["bioes", "B-A E-A E-A I-A", "B-A I-A B-A B-A", "c1 b2 b3 b3"],
  ["bioes", "E-A O I-B", "B-A O B-B", "b0 b2 b2"],
  ["bioes", "B-A O", "B-A O", "b1"],
  ["bioes", "B-A B-A", "B-A B-A", "b1 b1"],
  ["bioes", "B-A I-B", "B-A B-B", "b1 b1"],
  ["bilou", "B-A-B L-A-B", "B-A-B I-A-B", "c1"],
];

Deno.test("every scheme becomes IOB2, and what was changed or broken is noted", () => {
  for (const [scheme, before, after, notes = ""] of rows) {
    const { tags, notes: found } = toIob2(scheme, before.split(" "));
    assert.equal(tags.join(" "), after, `${scheme}: ${before}`);
    const shown = found.map(({ index, kind }) => `${kind.slice(0, 1)}${index}`).join(" ");
    assert.equal(shown, notes, `${scheme}: ${before}`);
  }
});

/** Entities as the scheme itself says, for tags that follow it. */
function written(scheme: TagScheme, entities: readonly [type: string, length: number][]): string[] {
  return entities.flatMap(([type, length]) => {
    if (type === "O") return Array<string>(length).fill("O");
    const [first, last, only] = scheme === "bioes" ? "BES" : scheme === "bilou" ? "BLU" : "BIB";
    return Array.from({ length }, (_, i) => {
      const prefix = length === 1 ? only : i === 0 ? first : i === length - 1 ? last : "I";
      return `${prefix}-${type}`;
    });
  });
}

Deno.test("entities are the same in IOB2, BIOES and BILOU, whatever their types and lengths", () => {
  const types = ["A", "A-B", "ЛИЦО", "O"];
  for (let number = 0; number < 4 ** 4; number++) {
    const entities = [0, 1, 2, 3].map((i): [string, number] => [
      types[Math.floor(number / 4 ** i) % 4],
      1 + (number + i) % 3,
    ]);
    const iob2 = written("iob2", entities);
    assert.deepEqual(toIob2("iob2", iob2), { tags: iob2, notes: [] });
    for (const scheme of ["bioes", "bilou"] as const) {
      const { tags, notes } = toIob2(scheme, written(scheme, entities));
      assert.deepEqual(tags, iob2);
      assert.ok(notes.every(({ kind }) => kind === "convertedScheme"));
    }
  }
});

Deno.test("no scheme turns a tag of its own into anything but IOB2", () => {
  const iob2 = tagsOfScheme("iob2", ["A", "B"]);
  for (const scheme of tagSchemes) {
    const tags = tagsOfScheme(scheme, ["A", "B"]);
    for (const first of tags) {
      for (const second of tags) {
        for (const tag of toIob2(scheme, [first, second]).tags) assert.ok(iob2.includes(tag));
      }
    }
  }
});
