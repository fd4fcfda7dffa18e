/**
 * Collects what is odd in a source file, so that nothing is repaired or dropped in silence.
 *
 * @module
 */

/** Every kind of oddity, and what it means. */
export const oddityKinds = {
  byteOrderMark: "the file starts with a byte-order mark",
  carriageReturns: "lines end in CR LF",
  documentMarker: "a -DOCSTART- line stands between documents",
  emptyToken: "a word has no characters; it is read as U+FFFD, so that words keep their places",
  missingTag: "a word has no tag and is read as O, as the catalogue declares",
  orphanInside: "an I- tag follows no tag of its type",
  convertedScheme: "an I- tag begins an entity (IOB1) and is read as B-",
  mojibake: "a word is UTF-8 that was read as Latin-1 and encoded again",
  mojibakeKept: "a word beyond ASCII is no mojibake, in a file where mojibake is repaired",
  emptySentence: "a row has no words",
  binaryText: "words are stored as bytes, and are read as UTF-8",
  extraMember: "the archive holds a file that is no split of the corpus",
  duplicateSentence: "a sentence has the same words as an earlier one of its split",
  validationInTrain: "a validation sentence has the same words as a train sentence",
  testInTrain: "a test sentence has the same words as a train sentence",
  emptySplit: "the split has no sentences, or the corpus does not have it",
  labelsStripped: "every word of the split is tagged O, so that its labels may be missing",
  noLength: "the server sent the file without its length, so that a cut could go unnoticed",
  unpinnedFile: "the catalogue has no SHA-256 for the file, so that any change goes unnoticed",
} as const;

/** What is odd. */
export type OddityKind = keyof typeof oddityKinds;

/** What was done about it. */
export type OddityAction = "kept" | "repaired" | "dropped";

/** Something odd in one file, at one place or (`count` > 1) at many. */
export interface Oddity {
  oddity: OddityKind;
  action: OddityAction;
  /** Line or row in the source file, from 1; the first one when there are many. */
  line: number | null;
  count: number;
  /** The text concerned. */
  detail: string;
}

/** Places of a kind that get a row of their own; beyond that, one row stands for all of them. */
const placesShown = 20;

/** Collects the oddities of one split. */
export class OddityLog {
  readonly #places = new Map<string, Oddity[]>();
  readonly #counts = new Map<string, number>();

  /** Notes one occurrence. Several of a kind in one line share a row. */
  note(oddity: OddityKind, action: OddityAction, line: number | null, detail: string): void {
    const key = `${oddity} ${action}`;
    const places = this.#places.get(key) ?? [];
    this.#places.set(key, places);
    this.#counts.set(key, (this.#counts.get(key) ?? 0) + 1);
    const last = places.at(-1);
    if (last && last.line === line) {
      last.count++;
      last.detail += `, ${detail}`;
    } else if (places.length <= placesShown) {
      places.push({ oddity, action, line, count: 1, detail });
    }
  }

  /** The oddities in the order in which their kinds first occurred. */
  oddities(): Oddity[] {
    return [...this.#places].flatMap(([key, places]) => {
      if (places.length <= placesShown) return places;
      const [first] = places;
      const detail = first.detail === "" ? "" : `${first.detail}, …`;
      return [{ ...first, count: this.#counts.get(key) ?? 0, detail }];
    });
  }
}
