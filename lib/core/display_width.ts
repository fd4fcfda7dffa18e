/**
 * How wide a text is in a terminal, and how to cut it.
 *
 * @module
 */

/** Columns that a terminal gives to a text: marks that combine take none, wide characters two. */
export function displayWidth(text: string): number {
  let width = 0;
  for (const { segment } of new Intl.Segmenter().segment(text)) {
    width +=
      /^[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60\uffe0-\uffe6]/
          .test(segment)
        ? 2
        : 1;
  }
  return width;
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

/** Controls other than tabs and line breaks as pictures, so that a terminal does not obey them. */
export function showControls(text: string): string {
  // deno-lint-ignore no-control-regex
  return text.replace(/[\0-\x08\x0b-\x1f\x7f-\x9f]/g, (character) => {
    const code = character.charCodeAt(0);
    return code < 0x20 ? String.fromCodePoint(0x2400 + code) : code === 0x7f ? "␡" : "�";
  });
}
