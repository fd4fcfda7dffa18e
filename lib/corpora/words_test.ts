import { strict as assert } from "node:assert";
import { OddityLog } from "./oddity_log.ts";
import { mendWord, splitSpaces, type WordOptions, type WordRepair } from "./words.ts";

function mend(word: string, options: Partial<WordOptions> = {}) {
  const log = new OddityLog();
  const mended = mendWord(word, 7, { repairMojibake: false, repair: [], ...options }, log);
  return [mended, ...log.oddities().map(({ oddity, action }) => `${oddity} ${action}`)];
}

const repairs = (...repair: WordRepair[]) => ({ repair });
const composing = { normalize: "nfc" } as const;

const rows: readonly (readonly [
  name: string,
  word: string,
  noted: readonly string[],
  options?: Partial<WordOptions>,
  repaired?: readonly string[],
])[] = [
  ["ASCII", "a.b-C'9", []],
  ["letters of any script", "São-Ανδ-Ада-ላ-人-日本", []],
  ["an emoji", "🙂", []],
  ["a space within", "New York", ["whiteSpaceInWord kept"]],
  ["a space behind", "MH17 ", ["whiteSpaceInWord kept"], repairs("trimSpaces"), [
    "MH17",
    "whiteSpaceInWord repaired",
  ]],
  ["a no-break space alone", "\u00a0", ["whiteSpaceInWord kept"], repairs("trimSpaces"), [
    "\uFFFD",
    "whiteSpaceInWord repaired",
    "emptyToken repaired",
  ]],
  ["an ideographic space", "\u3000人", ["whiteSpaceInWord kept"], repairs("trimSpaces"), [
    "人",
    "whiteSpaceInWord repaired",
  ]],
  ["a line separator", "a\u2028b", ["whiteSpaceInWord kept"]],
  ["a tab", "a\tb", ["whiteSpaceInWord kept"]],
  ["a zero-width space", "a\u200bb", ["invisibleCharacter kept"], repairs("dropInvisible"), [
    "ab",
    "invisibleCharacter repaired",
  ]],
  ["a zero-width space alone", "\u200b", ["invisibleCharacter kept"], repairs("dropInvisible"), [
    "\uFFFD",
    "invisibleCharacter repaired",
    "emptyToken repaired",
  ]],
  [
    "a joiner that belongs there",
    "می\u200cخواهم",
    ["invisibleCharacter kept"],
    repairs(
      "dropInvisible",
    ),
    ["می\u200cخواهم", "invisibleCharacter kept"],
  ],
  ["a joiner at the end", "می\u200c", ["invisibleCharacter kept"], repairs("dropInvisible"), [
    "می",
    "invisibleCharacter repaired",
  ]],
  ["joined emoji", "❤\ufe0f\u200d🔥", ["invisibleCharacter kept"], repairs("dropInvisible"), [
    "❤\ufe0f\u200d🔥",
    "invisibleCharacter kept",
  ]],
  ["a direction mark", "\u200fאבא", ["invisibleCharacter kept"]],
  ["a soft hyphen", "kwart\u00adfinale", ["invisibleCharacter kept"]],
  ["a Hangul filler", "\u3164", ["invisibleCharacter kept"]],
  ["an escape", "An\x1b[31mna", ["controlCharacter kept"], repairs("dropControls"), [
    "An[31mna",
    "controlCharacter repaired",
  ]],
  ["NUL", "a\0", ["controlCharacter kept"]],
  ["a C1 control", "a\u0085b", ["controlCharacter kept"]],
  ["an unassigned code point", "a\u0378", ["unassignedCharacter kept"], repairs("dropUnassigned"), [
    "a",
    "unassignedCharacter repaired",
  ]],
  ["a noncharacter", "\ufffe", ["unassignedCharacter kept"]],
  ["private use", "\ue000", ["unassignedCharacter kept"]],
  ["a replacement character", "Jos\ufffd", ["replacementCharacter kept"]],
  ["a combining mark first", "\u0301a", ["leadingMark kept"]],
  ["decomposed", "Jose\u0301", ["notComposed kept"], composing, ["José", "notComposed repaired"]],
  ["composed Hangul", "한", []],
  ["decomposed Hangul", "\u1112\u1161\u11ab", ["notComposed kept"], composing, [
    "한",
    "notComposed repaired",
  ]],
  ["nothing", "", ["emptyToken repaired"]],
];

for (const [name, word, noted, options, repaired] of rows) {
  Deno.test(`words: ${name}`, () => {
    assert.deepEqual(mend(word), [word === "" ? "\uFFFD" : word, ...noted]);
    if (options) assert.deepEqual(mend(word, options), repaired);
  });
}

Deno.test("a word is repaired once: repairing it again changes nothing", () => {
  const all: Partial<WordOptions> = {
    repair: ["trimSpaces", "dropInvisible", "dropControls", "dropUnassigned"],
    normalize: "nfc",
  };
  for (const [name, word] of rows) {
    const [once] = mend(word, all);
    assert.notEqual(once, "", name);
    assert.equal(mend(once, all)[0], once, name);
  }
});

Deno.test("words with white space fall into parts, which are never empty", () => {
  assert.deepEqual(splitSpaces("New  York\u00a0City "), ["New", "York", "City"]);
  assert.deepEqual(splitSpaces("Rome"), ["Rome"]);
  assert.deepEqual(splitSpaces(" "), [" "]);
});
