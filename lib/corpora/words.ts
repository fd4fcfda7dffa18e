/**
 * Looks at the words of a corpus: what nobody sees in them is noted, and repaired where the
 * catalogue declares it.
 *
 * @module
 */
import type { OddityKind } from "../table/schemas/oddity_kinds.ts";
import { isBeyondAscii, repairMojibake } from "./mojibake.ts";
import type { OddityLog } from "./oddity_log.ts";

/**
 * What can be repaired in words:
 * - `trimSpaces`: white space at the ends is cut;
 * - `splitSpaces`: a word with white space becomes several, and its entity goes on;
 * - `dropInvisible`: zero-width characters and the like are dropped, but joiners and variation
 *   selectors between others, which belong to how a script or an emoji is written;
 * - `dropControls`, `dropUnassigned`: those characters are dropped.
 */
export const wordRepairs = [
  "trimSpaces",
  "splitSpaces",
  "dropInvisible",
  "dropControls",
  "dropUnassigned",
] as const;

/** A repair of {@linkcode wordRepairs}. */
export type WordRepair = (typeof wordRepairs)[number];

/** How words are to be taken. */
export interface WordOptions {
  /** UTF-8 that was read as Latin-1 and encoded again is mended. */
  readonly repairMojibake: boolean;
  readonly repair: readonly WordRepair[];
  /** The Unicode normal form that words are brought into. */
  readonly normalize?: "nfc";
}

/** What stands for a word without characters. */
export const emptyTokenReplacement = "\uFFFD";

/** How much of a word a note shows, in UTF-16 units. */
const shownLength = 500;

// Single classes only, so that every test is linear in the word.
const unremarkable = /^[\x21-\x7e]*$/;
const remarkable = /[\p{C}\p{Z}\p{Default_Ignorable_Code_Point}\uFFFD]/u;
const whiteSpace = /[\t\p{Zs}\p{Zl}\p{Zp}]/u;
const control = /(?!\t)\p{Cc}/u;
const invisible = /[\p{Default_Ignorable_Code_Point}\uFFF9-\uFFFB]/u;
const unassigned = /(?!\p{Default_Ignorable_Code_Point})[\p{Cn}\p{Co}]/u;
const joiner = /[\u200C\u200D]/u;
const selector = /[\uFE00-\uFE0F\u{E0100}-\u{E01EF}]/u;
const leadingMark = /^(?!\p{Default_Ignorable_Code_Point})\p{M}/u;

/**
 * The word as the corpus is to have it; never empty.
 *
 * @param line where it stands, for the notes
 */
export function mendWord(
  word: string,
  line: number,
  { repair, normalize, ...options }: WordOptions,
  log: OddityLog,
): string {
  if (word !== "" && unremarkable.test(word)) return word;
  let mended = options.repairMojibake ? mendMojibake(word, line, log) : word;
  const look = (kind: OddityKind, what: RegExp, without?: (text: string) => string) => {
    if (!what.test(mended)) return;
    const repaired = without?.(mended) ?? mended;
    log.note(
      kind,
      repaired === mended ? "kept" : "repaired",
      line,
      showHidden(mended.slice(0, shownLength)),
    );
    mended = repaired;
  };
  const has = (name: WordRepair) => repair.includes(name);
  if (remarkable.test(mended)) {
    look(
      "controlCharacter",
      control,
      has("dropControls") ? (text) => drop(text, control) : undefined,
    );
    look("invisibleCharacter", invisible, has("dropInvisible") ? dropInvisible : undefined);
    const drops = has("dropUnassigned") ? (text: string) => drop(text, unassigned) : undefined;
    look("unassignedCharacter", unassigned, drops);
    look("whiteSpaceInWord", whiteSpace, has("trimSpaces") ? trimSpaces : undefined);
    if (mended.includes("\uFFFD")) log.note("replacementCharacter", "kept", line, mended);
  }
  look("leadingMark", leadingMark);
  const composed = compose(mended);
  if (composed !== mended) {
    log.note("notComposed", normalize === "nfc" ? "repaired" : "kept", line, mended);
    if (normalize === "nfc") mended = composed;
  }
  if (mended !== "") return mended;
  log.note("emptyToken", "repaired", line, "");
  return emptyTokenReplacement;
}

/** Notes what is odd in a text of several words; nothing is repaired. */
export function noteText(text: string, line: number, log: OddityLog): void {
  const note = (kind: OddityKind) =>
    log.note(kind, "kept", line, showHidden(text.slice(0, shownLength)));
  if (text.trim() === "") log.note("emptyText", "kept", line, "");
  if (/(?![\t\n\r])\p{Cc}/u.test(text)) note("controlCharacter");
  if (invisible.test(text)) note("invisibleCharacter");
  if (unassigned.test(text)) note("unassignedCharacter");
  if (text.includes("\uFFFD")) note("replacementCharacter");
  if (/\\u[0-9A-Fa-f]{4}/.test(text)) note("escapedCharacter");
  if (compose(text) !== text) note("notComposed");
}

/**
 * A text in NFC. One with more than a hundred marks in a row stays as it is: sorting them takes
 * time that grows with their square, and no writing has as many.
 */
export function compose(text: string): string {
  return /\p{M}{101}/u.test(text) ? text : text.normalize("NFC");
}

/** The parts of a word between white space; the word itself when there are none. */
export function splitSpaces(word: string): string[] {
  const parts = word.split(new RegExp(whiteSpace, "gu")).filter((part) => part !== "");
  return parts.length > 0 ? parts : [word];
}

/** A text whose hidden characters, and spaces at its ends, are named, such as `An<U+200B>na`. */
export function showHidden(text: string): string {
  const characters = [...text];
  const isEnd = (i: number) => i === 0 || i === characters.length - 1;
  return characters.map((character, i) =>
    control.test(character) || invisible.test(character) || unassigned.test(character) ||
      whiteSpace.test(character) && (character !== " " || isEnd(i))
      ? codePoint(character)
      : character
  ).join("");
}

function codePoint(character: string): string {
  return `<U+${character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, "0")}>`;
}

function mendMojibake(word: string, line: number, log: OddityLog): string {
  if (!isBeyondAscii(word)) return word;
  const repaired = repairMojibake(word);
  if (repaired === undefined) log.note("mojibakeKept", "kept", line, word);
  else log.note("mojibake", "repaired", line, `${word} → ${repaired}`);
  return repaired ?? word;
}

function drop(text: string, what: RegExp): string {
  return [...text].filter((character) => !what.test(character)).join("");
}

function dropInvisible(text: string): string {
  const characters = [...text];
  const isSeen = (character = "\u200B") => !invisible.test(character) || selector.test(character);
  return characters.filter((character, i) => {
    const follows = isSeen(characters[i - 1]);
    if (selector.test(character)) return follows;
    if (joiner.test(character)) return follows && isSeen(characters[i + 1]);
    return !invisible.test(character);
  }).join("");
}

function trimSpaces(text: string): string {
  let [start, end] = [0, text.length];
  while (start < end && whiteSpace.test(text[start])) start++;
  while (end > start && whiteSpace.test(text[end - 1])) end--;
  return text.slice(start, end);
}
