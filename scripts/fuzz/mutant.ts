/**
 * Damages pipeline files in the ways that people, editors and disks do, by a seed.
 *
 * @module
 */
import { CounterRandom } from "../../lib/core/random.ts";

const pieces = [
  ..."[]{}:,-?*&!|>'\"#%@`$~\t\n\r\0 ",
  ..."$words $$ <<: &a *a !!x null ~ .inf .nan 1e999 0x1F -0 __proto__ constructor %YAML ---".split(
    " ",
  ),
  ..."../../out /etc/passwd C:\\out \u202e \ufeff \u0301 e\u0301 😀 名前 \u2028 \x1b[31m \ud800"
    .split(" "),
  ..."[[[[[[[[ {{{{{{{{ - - - - ? ? ? ?".split(" "),
];

type Mutation = (text: string, random: CounterRandom, files: readonly string[]) => string;

const splice = (text: string, random: CounterRandom, put: string): string => {
  const at = random.integer(text.length + 1);
  return text.slice(0, at) + put + text.slice(at + random.integer(8));
};
const lines = (text: string, change: (lines: string[]) => void): string => {
  const list = text.split("\n");
  change(list);
  return list.join("\n");
};
const anyOf = (
  random: CounterRandom,
  pattern: RegExp,
  text: string,
): RegExpMatchArray | undefined => {
  const found = [...text.matchAll(pattern)];
  return found.length > 0 ? random.pick(found) : undefined;
};
const replaceAt = (text: string, match: RegExpMatchArray | undefined, put: string): string =>
  match ? text.slice(0, match.index) + put + text.slice(match.index! + match[0].length) : text;

const word = /[\w$.-]+/g;
const key = /[\w-]+(?=:)/g;

const mutations: readonly Mutation[] = [
  (text, random) => splice(text, random, random.pick(pieces)),
  (text, random) => splice(text, random, ""),
  (text, random) => splice(text, random, String.fromCharCode(random.integer(0x10000))),
  (text, random) => lines(text, (list) => void list.splice(random.integer(list.length), 1)),
  (text, random) =>
    lines(text, (list) => void list.splice(random.integer(list.length), 0, random.pick(list))),
  (text, random) =>
    lines(text, (list) => {
      const at = random.integer(list.length);
      list[at] = " ".repeat(random.integer(7)) + list[at].trimStart();
    }),
  (text, random) => replaceAt(text, anyOf(random, key, text), anyOf(random, key, text)?.[0] ?? ""),
  (text, random) =>
    replaceAt(text, anyOf(random, word, text), anyOf(random, word, text)?.[0] ?? ""),
  (text, random) => replaceAt(text, anyOf(random, word, text), random.pick(pieces)),
  (text, random) => {
    const match = anyOf(random, word, text);
    return replaceAt(
      text,
      match,
      random.pick([
        `[${match?.[0]}]`,
        `{ ${match?.[0]}: 1 }`,
        `"${match?.[0]}"`,
        `&a ${match?.[0]}`,
      ]),
    );
  },
  (text, random) =>
    replaceAt(
      text,
      anyOf(random, /\d+/g, text),
      random.pick(["0", "-1", "1e9", "99999999999999999999", "0.1", "two"]),
    ),
  (text, random, files) => {
    const other = random.pick(files);
    const at = random.integer(other.length);
    const place = random.integer(text.length + 1);
    return text.slice(0, place) + other.slice(at, at + random.integer(200)) + text.slice(place);
  },
  (text, random) => text.slice(0, random.integer(text.length + 1)),
  (text, random) => text + text.slice(random.integer(text.length + 1)),
];

/** One damaged file of the given ones; the same for the same seed and index. */
export function mutant(files: readonly string[], seed: number, index: number): Uint8Array {
  const random = new CounterRandom(`mutant ${index}`, seed);
  let text = random.pick(files);
  for (let edits = 1 + random.integer(3); edits > 0; edits--) {
    text = random.pick(mutations)(text, random, files);
  }
  const bytes = new TextEncoder().encode(text);
  // One in ten is damaged as bytes, too.
  if (bytes.length > 0 && random.integer(10) === 0) {
    for (let edits = 1 + random.integer(3); edits > 0; edits--) {
      bytes[random.integer(bytes.length)] = random.integer(256);
    }
  }
  return bytes;
}
