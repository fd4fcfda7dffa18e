import { strict as assert } from "node:assert";
import { CharacterMap } from "./character_map.ts";

/** A trie of one unit, with nothing in it, and a pool of one replacement. */
function mapOf(trieBytes: number, units: readonly number[]): string {
  const bytes = new Uint8Array(4 + 4 * units.length + 2);
  const view = new DataView(bytes.buffer);
  [trieBytes, ...units].forEach((value, i) => view.setUint32(4 * i, value, true));
  bytes[bytes.length - 2] = "b".charCodeAt(0);
  return bytes.toBase64();
}

Deno.test("a map without entries changes nothing", () => {
  const map = new CharacterMap(mapOf(4, [0]));
  for (const text of ["", "plain", "é a\u0301 北京 👩‍🔬", "\u0000\r\n"]) {
    assert.equal(map.normalize(text), text);
  }
});

Deno.test("a map that rewrites ASCII is asked about ASCII", () => {
  const units = new Array<number>(256).fill(0);
  const a = "a".charCodeAt(0);
  // The children of the root lie at 0 ^ byte; that of "a" has a leaf at a ^ 1 with the value 0.
  units[a] = a | 0x100 | 1 << 10;
  units[a ^ 1] = 0x80000000;
  assert.equal(new CharacterMap(mapOf(1024, units)).normalize("abac"), "bbbc");
});

for (const [name, base64] of [["empty", ""], ["longer than it is", mapOf(8, [0])]]) {
  Deno.test(`a map that is ${name} is refused`, () => {
    assert.throws(
      () => new CharacterMap(base64),
      /^RangeError: Cannot read a character map of \d+ b/,
    );
  });
}
