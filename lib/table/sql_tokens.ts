/**
 * SQL as a list of words and signs, without white space and comments.
 *
 * @module
 */

/** A word or sign. */
export interface SqlToken {
  readonly kind: "word" | "quotedName" | "string" | "sign";
  /** As it stands in the text; of a quoted name what it names. */
  readonly text: string;
  /** Where it begins and ends in the text. */
  readonly start: number;
  readonly end: number;
}

/** The tokens of a text. */
export interface SqlTokens {
  readonly tokens: readonly SqlToken[];
  /**
   * Whether every reader of SQL would cut the text in the same way: it has no strings with
   * escapes, none between dollars, no comment in a comment, no unusual spaces, nothing that is
   * left open.
   */
  readonly isPlain: boolean;
}

const patterns: readonly [kind: SqlToken["kind"] | "space", pattern: RegExp][] = [
  ["space", /\s+/y],
  ["space", /--[^\r\n]*/y],
  ["space", /\/\*[^*]*\*+(?:[^/*][^*]*\*+)*\//y],
  ["string", /'[^']*(?:''[^']*)*'/y],
  ["quotedName", /"[^"]*(?:""[^"]*)*"/y],
  ["word", /[\p{L}_][\p{L}\p{M}\p{N}_]*/uy],
  ["word", /\d[\p{L}\p{N}_.]*/uy],
  ["sign", /[^]/y],
];

/** Cuts a text into tokens. */
export function sqlTokens(text: string): SqlTokens {
  const tokens: SqlToken[] = [];
  let isPlain = !/[$\\]|(?![ \t\r\n])[\p{C}\p{Z}]/u.test(text);
  for (let start = 0; start < text.length;) {
    for (const [kind, pattern] of patterns) {
      pattern.lastIndex = start;
      const [found] = pattern.exec(text) ?? [];
      if (found === undefined) continue;
      const end = start + found.length, before = tokens.at(-1);
      // E'…', X'…' and U&"…" are read in other ways than '…' and "…".
      const isPrefixed = before?.end === start && (before.kind === "word" || before.text === "&");
      if ((kind === "string" || kind === "quotedName") && isPrefixed) isPlain = false;
      if (kind === "sign" && /['"]/.test(found)) isPlain = false;
      if (kind === "space" && found.startsWith("/*") && found.indexOf("/*", 2) > 0) isPlain = false;
      if (found === "/" && text.startsWith("/*", start)) isPlain = false;
      if (kind !== "space") {
        const named = kind === "quotedName" ? found.slice(1, -1).replaceAll('""', '"') : found;
        tokens.push({ kind, text: named, start, end });
      }
      start = end;
      break;
    }
  }
  return { tokens, isPlain };
}

/** A statement without the semicolons and comments around it. */
export function bareStatement(text: string): string {
  const { tokens } = sqlTokens(text);
  const isSemicolon = ({ kind, text }: SqlToken) => kind === "sign" && text === ";";
  const first = tokens.findIndex((token) => !isSemicolon(token));
  if (first < 0) return "";
  const last = tokens.findLastIndex((token) => !isSemicolon(token));
  return text.slice(tokens[first].start, tokens[last].end);
}

/** Whether a semicolon ends a text, outside of strings and comments. */
export function endsWithSemicolon(text: string): boolean {
  const { tokens } = sqlTokens(text);
  const isLeftOpen = tokens.some(({ kind, start }) =>
    kind === "sign" && (/['"]/.test(text[start]) || text.startsWith("/*", start))
  );
  return !isLeftOpen && tokens.at(-1)?.text === ";" && tokens.at(-1)?.kind === "sign";
}
