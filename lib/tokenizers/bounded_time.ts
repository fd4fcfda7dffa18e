/**
 * Tokenizers whose own regular expressions end: those that could take for ever are refused.
 *
 * @module
 */
import { SplitPreTokenizer } from "@huggingface/tokenizers";
import { messageOf, UserError } from "../core/errors.ts";
import { parseSmallJson } from "../core/small_file.ts";
import { patternCost } from "./pattern_costs.ts";
import type { WordTokenizer } from "./tokenizer.ts";
import type { TokenizerSource } from "./tokenizer_source.ts";

/** Published tokenizers have one to five expressions, of 250 characters and 40 ways at most. */
const most = { patterns: 64, length: 4_096, ways: 256 };

/** The longest word that is tried in a number of ways that grows with its square, in UTF-16 units. */
const longestWord = 4_096;

/** That of the last content: the next instance has the same, mostly. */
let last: { readonly digest: string; readonly degree: number } | undefined;

/**
 * A tokenizer as it is, where its file's expressions take a time that grows with the text; with a
 * bound on the length of words, where it grows with the square of a word's length.
 *
 * @throws {UserError} when it may grow faster, or nobody can tell: here and not while it is used
 */
export function withBoundedTime(tokenizer: WordTokenizer, source: TokenizerSource): WordTokenizer {
  if (source === "bytes") return tokenizer;
  if (last?.digest !== source.digest) {
    last = { digest: source.digest, degree: checkPatterns(source) };
  }
  if (last.degree === 0) return tokenizer;
  const { vocabSize, padId, maskId } = tokenizer;
  const check = (words: readonly string[]) => {
    const long = words.find(({ length }) => length > longestWord);
    if (long === undefined) return;
    throw new UserError({
      message: `Cannot cut the word "${long.slice(0, 20)}…" into pieces, as the regular ` +
        `expressions of ${source.file} may take too long: it has ${long.length} characters, more ` +
        `than ${longestWord}`,
      hint: "take such words out of the text, or use another tokenizer",
    });
  };
  return {
    vocabSize,
    padId,
    ...maskId === undefined ? {} : { maskId },
    encode(words, maxTokens) {
      check(words);
      return tokenizer.encode(words, maxTokens);
    },
    encodePair(a, b, maxTokens) {
      check(a);
      check(b);
      return tokenizer.encodePair(a, b, maxTokens);
    },
  };
}

/**
 * Checks the regular expressions of a `tokenizer.json`.
 *
 * @returns how their time grows with the length of a word: 0 as it does, 1 as its square
 * @throws {UserError} when it may grow faster, or nobody can tell
 */
export function checkPatterns(source: Exclude<TokenizerSource, "bytes">): number {
  const { file, tokenizerJson } = source;
  const { normalizer, pre_tokenizer } = Object(parseSmallJson(tokenizerJson, file));
  const patterns = [...patternsIn(normalizer), ...patternsIn(pre_tokenizer)];
  const refuse = (why: string) =>
    new UserError({
      message: `Cannot use ${file}: ${why}`,
      hint: "take out repetitions of what can be repeated in several ways, such as (a|b*)+",
    });
  if (patterns.length > most.patterns) {
    throw refuse(`it has ${patterns.length} regular expressions, more than ${most.patterns}`);
  }
  let degree = 0;
  for (const pattern of patterns) {
    const shown = `the regular expression ${JSON.stringify(pattern.slice(0, 60))}`;
    if (pattern.length > most.length) {
      throw refuse(`${shown} has ${pattern.length} characters, more than ${most.length}`);
    }
    const cost = costOf(pattern, (why) => refuse(`${shown} cannot be understood: ${why}`));
    if (!cost || cost.ways > most.ways || cost.degree > 1) {
      throw refuse(`${shown} may take a time without end on some texts`);
    }
    degree = Math.max(degree, cost.degree);
  }
  return degree;
}

/** The cost of a pattern, of the expression that the package makes of it. */
function costOf(pattern: string, refuse: (why: string) => UserError) {
  try {
    const part = new SplitPreTokenizer({
      type: "Split",
      pattern: { Regex: pattern },
      behavior: "Isolated",
      invert: false,
    });
    return patternCost(part.pattern!.source);
  } catch (error) {
    throw refuse(messageOf(error));
  }
}

/** Every `{ "Regex": … }` below a part of a tokenizer. */
function patternsIn(part: unknown): string[] {
  if (typeof part !== "object" || part === null) return [];
  return Object.entries(part).flatMap(([key, value]) =>
    key === "Regex" && typeof value === "string" ? [value] : patternsIn(value)
  );
}
