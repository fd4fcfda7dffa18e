/**
 * Mends UTF-8 text that was read as Latin-1 and encoded again ("CoruÃ±a" → "Coruña").
 *
 * @module
 */

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * The text as it was before, or `undefined` when it cannot have come about that way: it is plain
 * ASCII, has a character beyond Latin-1, or its Latin-1 bytes are not UTF-8.
 */
export function repairMojibake(text: string): string | undefined {
  let beyondAscii = false;
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code > 0xff) return undefined;
    beyondAscii ||= code > 0x7f;
    bytes[i] = code;
  }
  if (!beyondAscii) return undefined;
  try {
    return utf8.decode(bytes);
  } catch {
    return undefined;
  }
}

/** Whether a text has a character beyond ASCII. */
export function isBeyondAscii(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    if (text.charCodeAt(i) > 0x7f) return true;
  }
  return false;
}
