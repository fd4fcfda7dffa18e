/**
 * What a section of a page is made by.
 *
 * @module
 */
import type { Figure } from "../figure.ts";
import type { Html } from "../html.ts";
import type { Results } from "../results.ts";

/** A part of a page. */
export interface Section {
  /** Its place in the page. */
  readonly id: string;
  readonly title: string;
  readonly parts: readonly (Html | Figure)[];
}

/** What sections are made of. */
export interface Asked {
  readonly results: Results;
  /** Axes in which the study's systems differ. */
  readonly compared: readonly string[];
}

/** Makes a section; undefined where its tables are not there. */
export type SectionMaker = (asked: Asked) => Promise<Section | undefined>;
