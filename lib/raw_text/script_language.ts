/**
 * The language of a text where its script says it for certain.
 *
 * @module
 */

/**
 * Scripts that hardly anything but one language is written in today (Unicode Standard 17, chapters 7
 * and 12 to 19), and its ISO 639-3 code. Han alone is Chinese or Japanese, and no such script.
 */
const languages = {
  Armenian: "hye",
  Georgian: "kat",
  Greek: "ell",
  Gujarati: "guj",
  Gurmukhi: "pan",
  Hangul: "kor",
  Kannada: "kan",
  Khmer: "khm",
  Lao: "lao",
  Malayalam: "mal",
  Oriya: "ori",
  Sinhala: "sin",
  Tamil: "tam",
  Telugu: "tel",
  Thaana: "div",
  Thai: "tha",
} as const;

const patterns = Object.entries(languages).map(([script, code]) =>
  [code, new RegExp(`\\p{Script=${script}}`, "gu")] as const
);
const kana = /[\p{Script=Hiragana}\p{Script=Katakana}]/gu;
const han = /\p{Script=Han}/gu;
const letters = /\p{L}/gu;

/**
 * The ISO 639-3 code of a text's language, where more than half of its letters are of a script of one
 * language; Japanese where kana stand among Han. Undefined where that is not certain.
 */
export function scriptLanguage(text: string): string | undefined {
  const count = (pattern: RegExp): number => text.match(pattern)?.length ?? 0;
  const half = count(letters) / 2;
  if (half === 0) return undefined;
  const kanas = count(kana);
  if (kanas > 0 && kanas + count(han) > half) return "jpn";
  return patterns.find(([, pattern]) => count(pattern) > half)?.[0];
}
