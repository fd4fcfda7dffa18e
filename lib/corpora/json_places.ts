/**
 * JSON whose values can be found again in the text, for errors.
 *
 * @module
 */
import { messageOf, type Problem, type SourceRange, UserError } from "../core/errors.ts";

/** A parsed text. */
export interface JsonPlaces {
  readonly value: unknown;
  /**
   * A problem where a value begins.
   *
   * @param path an item of the outermost list, or of a list that the outermost object has at a key;
   * nothing for the whole text
   */
  at(path: readonly (string | number)[], message: string, hint?: string): Problem;
}

/** Characters of the text that a squiggle is below. */
const shownLength = 20;

/**
 * Parses JSON.
 *
 * @param file the name that errors show
 * @param firstLine the number of its first line there
 * @throws {UserError} at the character that is no JSON
 */
export function parsePlacedJson(text: string, file: string, firstLine = 1): JsonPlaces {
  const rangeAt = (offset: number): SourceRange => {
    const before = text.slice(0, offset);
    const start = before.lastIndexOf("\n") + 1;
    const lineText = text.slice(start).split(/\r?\n/, 1)[0];
    return {
      file,
      line: firstLine + before.split("\n").length - 1,
      column: offset - start + 1,
      length: Math.max(1, Math.min(shownLength, lineText.length - (offset - start))),
      lineText,
    };
  };
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    const [what] = messageOf(cause).split(/ in JSON at position|, "|, \.\.\./);
    const range = rangeAt(firstWrong(text));
    throw new UserError({ message: `Cannot read the file as JSON: ${what}`, range }, { cause });
  }
  return {
    value,
    at: (path, message, hint) => ({ message, hint, range: rangeAt(offsetOf(text, path)) }),
  };
}

/** Where a text stops being the beginning of JSON. */
function firstWrong(text: string): number {
  let [good, bad] = [0, text.length + 1]; // so many characters may begin JSON, or may not
  while (bad - good > 1) {
    const middle = (good + bad) >> 1;
    if (mayGoOn(text.slice(0, middle))) good = middle;
    else bad = middle;
  }
  return Math.min(good, Math.max(0, text.trimEnd().length));
}

function mayGoOn(start: string): boolean {
  try {
    JSON.parse(start);
    return true;
  } catch (error) {
    const message = messageOf(error);
    const at = /at position (\d+)/.exec(message);
    return /end of JSON input|Unterminated string/.test(message) ||
      (at !== null && Number(at[1]) >= start.length);
  }
}

/** The tokens of a text that is JSON, with their places. */
function* tokensOf(text: string): Generator<[token: string, start: number]> {
  const next = /["{}[\],:]|[^\s{}[\],:"]+/g;
  for (let found = next.exec(text); found; found = next.exec(text)) {
    const { 0: token, index } = found;
    if (token !== '"') {
      yield [token, index];
      continue;
    }
    let end = index + 1;
    while (text[end] !== '"') end += text[end] === "\\" ? 2 : 1;
    next.lastIndex = end + 1;
    yield [text.slice(index, end + 1), index];
  }
}

/** Where the value at a path begins in a text that is JSON. */
function offsetOf(text: string, path: readonly (string | number)[]): number {
  const key = typeof path[0] === "string" ? path[0] : undefined;
  const wanted = path.at(-1);
  let depth = 0, item = -1, found = 0;
  /** The depth of the list's items, as long as it is open. */
  let open: number | undefined;
  let lastText = "", isKeyed = false;
  let isItemNext = false;
  for (const [token, index] of tokensOf(text)) {
    if (isItemNext && token !== "]") {
      if (++item === wanted) found = index;
      isItemNext = false;
    }
    switch (token) {
      case "[":
      case "{":
        depth++;
        if (token === "[" && (key === undefined ? depth === 1 : depth === 2 && isKeyed)) {
          [open, item, isItemNext] = [depth, -1, true];
        }
        break;
      case "]":
      case "}":
        if (depth-- === open) [open, isItemNext] = [undefined, false];
        break;
      case ",":
        isItemNext = depth === open;
        if (depth === 1) isKeyed = false;
        break;
      case ":":
        if (depth === 1) isKeyed = key !== undefined && JSON.parse(lastText) === key;
        break;
      default:
        lastText = token;
    }
  }
  return found;
}
