/**
 * What the YAML parser complains of, in words that say what to do.
 *
 * @module
 */

/** A complaint in our words. */
export interface Complaint {
  readonly message: string;
  readonly hint?: string;
  /** The character that was looked for, when one is missing. */
  readonly missing?: string;
}

const keyHint = "write key: value, with a space after the colon";

/** Message of the parser → ours. `$1` is what the pattern's group found. */
const words: readonly [pattern: RegExp, message: string, hint?: string][] = [
  [/^Missing closing (['"])quote/, "Cannot find the $1 that ends this text"],
  [
    /^Flow (?:map|sequence) .*end with a (.)$/,
    'Cannot find the "$1" that ends this',
  ],
  [/^Expected flow (?:map|sequence) to end with (.)$/, 'Cannot find the "$1" that ends this'],
  [/^Missing , /, 'Cannot read two items without "," between them'],
  [/^Implicit map keys need to be followed/, 'Cannot read a key without ":"', keyHint],
  [/^Implicit keys need to be on a single line/, 'Cannot read a key without ":"', keyHint],
  [
    /^Comments must be separated/,
    'Cannot read "#" right after a value',
    "put a space before a comment",
  ],
  [/^Tabs are not allowed/, "Cannot read a tab as indentation", "indent with spaces"],
  [
    /^All mapping items must start/,
    "Cannot read this indentation: all keys of a mapping start in one column",
  ],
  [
    /^All sequence items must start/,
    "Cannot read this indentation: all items of a list start in one column",
  ],
  [
    /^Nested mappings are not allowed/,
    "Cannot read a key behind another key on one line",
    'put text with ": " in quotes, or write { key: value }',
  ],
  [
    /^Plain value cannot start with (?:\D*character )?(.)$/,
    'Cannot start a value with "$1"',
    "put it in quotes",
  ],
  [
    /^Alias cannot be an empty string/,
    'Cannot use "*" without a name',
    "put text that starts with * in quotes",
  ],
  [
    /^Source contains multiple documents/,
    "Cannot read a second document in one file",
    'take out this "---"',
  ],
  [/^Unresolved tag: (.*)$/, 'Cannot use tag "$1"', "put text that starts with ! in quotes"],
  [
    /^Invalid escape sequence (.*)$/,
    'Cannot use the escape "$1" in double quotes',
    "write \\\\ for a backslash, or use single quotes",
  ],
];

/** A complaint of the parser in our words; its own where we have none. */
export function inOurWords(message: string): Complaint {
  for (const [pattern, ours, hint] of words) {
    const match = pattern.exec(message);
    if (!match) continue;
    const missing = ours.startsWith("Cannot find the") ? match[1] : undefined;
    return { message: ours.replace("$1", () => match[1]), hint, missing };
  }
  return { message: `Cannot read YAML: ${message}` };
}
