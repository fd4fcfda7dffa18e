/**
 * The scripts that letters are of.
 *
 * @module
 */

/** Unicode's names of the scripts that are told apart. */
const names = (
  "Latin Cyrillic Greek Arabic Hebrew Ethiopic Devanagari Bengali Gurmukhi Gujarati Oriya Tamil " +
  "Telugu Kannada Malayalam Sinhala Thai Lao Tibetan Myanmar Khmer Georgian Armenian Han Hiragana " +
  "Katakana Hangul Mongolian Nko Tifinagh Thaana Syriac"
).split(" ");

const scripts = names.map((name) => [name, new RegExp(`\\p{Script=${name}}`, "u")] as const);

/** The script of each letter that was asked before. */
const known = new Map<string, string>();

/** Adds the letters of words to the counts of their scripts; those of scripts not listed as Other. */
export function letterScripts(words: readonly string[], counts: Map<string, number>): void {
  for (const word of words) {
    for (const letter of word) {
      const script = scriptOf(letter);
      if (script !== "") counts.set(script, (counts.get(script) ?? 0) + 1);
    }
  }
}

/** Of what is no letter, and of letters that all scripts share, an empty one. */
function scriptOf(letter: string): string {
  let script = known.get(letter);
  if (script === undefined) {
    script = !/\p{L}/u.test(letter) || /\p{Script=Common}|\p{Script=Inherited}/u.test(letter)
      ? ""
      : scripts.find(([, pattern]) => pattern.test(letter))?.[0] ?? "Other";
    known.set(letter, script);
  }
  return script;
}
