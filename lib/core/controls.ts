/**
 * Shows control characters, which a terminal would obey, and those that turn the direction of what
 * follows.
 *
 * @module
 */

// deno-lint-ignore no-control-regex
const controls = /[\0-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/g;

/** Controls other than tabs and line breaks as pictures, so that a terminal does not obey them. */
export function showControls(text: string): string {
  return text.replace(controls, (character) => {
    const code = character.charCodeAt(0);
    return code < 0x20 ? String.fromCodePoint(0x2400 + code) : code === 0x7f ? "␡" : "�";
  });
}
