import { strict as assert } from "node:assert";
import { CounterRandom } from "../core/random.ts";
import { PieceTable } from "./piece_table.ts";

/** Letters, a pair of surrogates, and halves of pairs. */
const characters = ["a", "b", "▁", "é", "𝒳", "\ud835", "\udcb3", "\0"];

Deno.test("every piece with which a text goes on is found, the shortest first, and no other", () => {
  const random = new CounterRandom("piece table", 1);
  const drawn = (most: number) =>
    Array.from({ length: 1 + random.integer(most) }, () => random.pick(characters)).join("");
  const pieces = Array.from({ length: 400 }, () => drawn(5));
  const table = new PieceTable(pieces);
  const places = new Map(pieces.map((piece, place) => [piece, place]));
  for (const [piece, place] of places) assert.equal(table.get(piece), place);
  for (let i = 0; i < 2000; i++) {
    const text = drawn(12);
    assert.equal(table.get(text), places.get(text));
    let start = 0;
    for (const character of text) {
      const found: [number, number][] = [];
      table.visit(text, start, (end, place) => found.push([end, place]));
      const expected: [number, number][] = [];
      let end = start;
      for (const each of text.slice(start)) {
        end += each.length;
        const place = places.get(text.slice(start, end));
        if (place !== undefined) expected.push([end, place]);
      }
      assert.deepEqual(found, expected, `${JSON.stringify(text)} from ${start}`);
      start += character.length;
    }
  }
});

Deno.test("a table of nothing, of an empty piece and of equal pieces", () => {
  assert.equal(new PieceTable([]).get("a"), undefined);
  const table = new PieceTable(["", "a", "a"]);
  assert.deepEqual([table.get(""), table.get("a"), table.get("b")], [0, 2, undefined]);
  const found: number[] = [];
  table.visit("ab", 0, (_, place) => found.push(place));
  table.visit("", 0, (_, place) => found.push(place));
  assert.deepEqual(found, [2]);
});
