/**
 * Collects what is odd in a source file, so that nothing is repaired or dropped in silence.
 *
 * @module
 */

import type { OddityKind } from "../table/schemas/oddity_kinds.ts";

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
/** How much of a text is kept as a detail, in UTF-16 units. */
const detailLength = 1_000;

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
      if (last.detail.length < detailLength) last.detail = shorten(`${last.detail}, ${detail}`);
    } else if (places.length <= placesShown) {
      places.push({ oddity, action, line, count: 1, detail: shorten(detail) });
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

function shorten(text: string): string {
  if (text.length <= detailLength) return text;
  return `${text.slice(0, detailLength - 1).toWellFormed().replace(/\uFFFD$/, "")}…`;
}
