/**
 * How wide a text is in a terminal, and how to cut it.
 *
 * @module
 */
import stringWidth from "string-width";

export { showControls } from "./controls.ts";

/** Columns that a terminal gives to a text: marks that combine take none, wide ones and emoji two. */
export function displayWidth(text: string): number {
  return /^[ -~]*$/.test(text) ? text.length : stringWidth(text, { countAnsiEscapeCodes: true });
}

/** A text of at most `width` columns: what is too long loses its middle to `…`. */
export function cutMiddle(text: string, width: number): string {
  if (text.length <= width && displayWidth(text) <= width) return text;
  const parts = [...new Intl.Segmenter().segment(text)].map(({ segment }) => segment);
  const tail = Math.floor((width - 1) / 2);
  let start = "", end = "";
  for (const part of parts.toReversed()) {
    if (displayWidth(part + end) > tail) break;
    end = part + end;
  }
  const head = width - 1 - displayWidth(end);
  for (const part of parts) {
    if (displayWidth(start + part) > head) break;
    start += part;
  }
  return `${start}…${end}`;
}

/** A text of at most `width` columns: what is too long loses its end. */
export function cutEnd(text: string, width: number): string {
  let cut = "", left = width;
  for (const { segment } of new Intl.Segmenter().segment(text)) {
    left -= displayWidth(segment);
    if (left < 0) return cut;
    cut += segment;
  }
  return text;
}
