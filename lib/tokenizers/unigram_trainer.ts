/**
 * Learns a unigram vocabulary from words (Kudo 2018, "Subword Regularization", §3.2).
 *
 * @module
 */
import { UnigramLattice } from "./unigram_lattice.ts";

/** How a vocabulary is learnt. */
export interface UnigramOptions {
  /** Pieces at most; at least one for every character that is covered. */
  readonly size: number;
  /** Share of the text whose characters get a piece of their own; rarer ones are unknown. */
  readonly characterCoverage?: number;
}

/** A piece and the natural logarithm of its probability. */
export type ScoredPiece = readonly [piece: string, score: number];

/** What a word begins with in Metaspace's notation. */
export const wordStart = "▁";

/** A string to learn from, cut into characters. */
interface Sample {
  readonly chars: readonly string[];
  readonly times: number;
}

/** Pieces that are expected less often than this are dropped, characters excepted. */
const leastExpected = 0.5;
/** Share of the pieces that a round of pruning keeps. */
const keptShare = 0.75;
const emSteps = 2;
/** Characters of a piece at most. */
const longest = 16;

/**
 * Learns the pieces of a vocabulary: starts from all frequent substrings, then in turn estimates
 * their probabilities by EM and drops those whose loss costs the likelihood of the text least.
 * Depends on the words and their counts alone, not on their order.
 *
 * @param counts words as the pre-tokenizer gives them, and how often each occurs
 * @returns best first
 * @throws {RangeError} when the size does not hold the characters
 */
export function trainUnigram(
  counts: ReadonlyMap<string, number>,
  { size, characterCoverage = 0.9995 }: UnigramOptions,
): ScoredPiece[] {
  const words = [...counts].sort(([a], [b]) => compare(a, b));
  const characters = coveredCharacters(words, characterCoverage);
  if (characters.size > size) {
    throw new RangeError(
      `Cannot learn ${size} pieces, as the text has ${characters.size} characters: ` +
        "raise the size",
    );
  }
  const samples = words.flatMap(([word, times]) => samplesOf(word, times, characters));
  let model = seed(samples, characters, Math.max(20 * size, 10_000));
  const goal = Math.ceil(1.1 * size);
  for (;;) {
    for (let i = 0; i < emSteps; i++) model = emStep(model, samples, characters);
    if (model.length <= goal) break;
    const kept = prune(model, samples, characters, Math.max(goal, keptShare * model.length));
    if (kept.length === model.length) break;
    model = kept;
  }
  const isCharacter = ([piece]: ScoredPiece) => characters.has(piece);
  const sorted = model.sort(byScore);
  const others = sorted.filter((each) => !isCharacter(each)).slice(0, size - characters.size);
  return [...sorted.filter(isCharacter), ...others].sort(byScore);
}

/** By code units: the same everywhere. */
function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function byScore([a, x]: ScoredPiece, [b, y]: ScoredPiece): number {
  return y - x || compare(a, b);
}

function coveredCharacters(
  words: readonly (readonly [string, number])[],
  coverage: number,
): Set<string> {
  const counts = new Map<string, number>();
  let total = 0;
  for (const [word, times] of words) {
    for (const char of word) {
      counts.set(char, (counts.get(char) ?? 0) + times);
      total += times;
    }
  }
  const covered = new Set<string>();
  let sum = 0;
  for (const [char, count] of [...counts].sort((a, b) => b[1] - a[1] || compare(a[0], b[0]))) {
    if (sum >= coverage * total) break;
    covered.add(char);
    sum += count;
  }
  return covered;
}

/** The stretches of a word between characters that are not covered. */
function samplesOf(word: string, times: number, characters: ReadonlySet<string>): Sample[] {
  const samples: Sample[] = [];
  let chars: string[] = [];
  for (const char of [...word, ""]) {
    if (characters.has(char)) chars.push(char);
    else if (chars.length > 0) {
      samples.push({ chars, times });
      chars = [];
    }
  }
  return samples;
}

/** All characters, and the substrings that occur twice or more, by count × length. */
function seed(
  samples: readonly Sample[],
  characters: ReadonlySet<string>,
  most: number,
): ScoredPiece[] {
  const weights: ScoredPiece[] = [];
  let frequent: ReadonlySet<string> = characters;
  const charCounts = new Map<string, number>();
  for (const { chars, times } of samples) {
    for (const char of chars) charCounts.set(char, (charCounts.get(char) ?? 0) + times);
  }
  for (let length = 2; length <= longest && frequent.size > 0; length++) {
    const counts = new Map<string, number>();
    for (const { chars, times } of samples) {
      for (let start = 0; start + length <= chars.length; start++) {
        const last = chars[start + length - 1];
        // A substring is no more frequent than what it begins with.
        if (last === wordStart) continue;
        const head = chars.slice(start, start + length - 1).join("");
        if (!frequent.has(head)) continue;
        const piece = head + last;
        counts.set(piece, (counts.get(piece) ?? 0) + times);
      }
    }
    const found = [...counts].filter(([, count]) => count >= 2);
    for (const [piece, count] of found) weights.push([piece, count * length]);
    frequent = new Set(found.map(([piece]) => piece));
  }
  const taken = [...charCounts, ...weights.sort(byScore).slice(0, most)];
  const total = taken.reduce((sum, [, weight]) => sum + weight, 0);
  return taken.map(([piece, weight]) => [piece, Math.log(weight / total)]);
}

function latticeOf(model: readonly ScoredPiece[]): UnigramLattice {
  return new UnigramLattice(
    model.map(([piece]) => [...piece]),
    Float64Array.from(model, ([, score]) => score),
  );
}

/** One step of EM with the digamma of the counts, which keeps rare pieces down. */
function emStep(
  model: readonly ScoredPiece[],
  samples: readonly Sample[],
  characters: ReadonlySet<string>,
): ScoredPiece[] {
  const lattice = latticeOf(model);
  const expected = new Float64Array(model.length);
  for (const { chars, times } of samples) lattice.addExpected(chars, times, expected);
  const kept = model.flatMap(([piece], i): ScoredPiece[] =>
    expected[i] >= leastExpected || characters.has(piece)
      ? [[piece, Math.max(leastExpected, expected[i])]]
      : []
  );
  const total = digamma(kept.reduce((sum, [, count]) => sum + count, 0));
  return kept.map(([piece, count]) => [piece, digamma(count) - total]);
}

/** Keeps the characters and the pieces whose removal would cost the likelihood most. */
function prune(
  model: readonly ScoredPiece[],
  samples: readonly Sample[],
  characters: ReadonlySet<string>,
  most: number,
): ScoredPiece[] {
  const lattice = latticeOf(model);
  const uses = new Float64Array(model.length);
  for (const { chars, times } of samples) {
    for (const piece of lattice.best(chars) ?? []) uses[piece] += times;
  }
  const total = uses.reduce((a, b) => a + b, 0);
  const kept: ScoredPiece[] = [];
  const losses: [loss: number, piece: ScoredPiece][] = [];
  model.forEach((each, i) => {
    if (characters.has(each[0])) return void kept.push(each);
    if (uses[i] === 0) return;
    const instead = lattice.best([...each[0]], i);
    if (!instead) return void kept.push(each);
    // The uses of the piece go to those that stand in for it.
    const totalAfter = Math.log(total + uses[i] * (instead.length - 1));
    const after = instead.reduce((sum, k) => sum + Math.log(uses[k] + uses[i]) - totalAfter, 0);
    losses.push([uses[i] * (Math.log(uses[i]) - Math.log(total) - after), each]);
  });
  losses.sort(([a, x], [b, y]) => b - a || compare(x[0], y[0]));
  for (const [, each] of losses.slice(0, Math.max(0, Math.floor(most) - kept.length))) {
    kept.push(each);
  }
  return kept.sort(byScore);
}

/** ψ(x) for x > 0, by recurrence up to 7 and the asymptotic series (Abramowitz & Stegun 6.3.18). */
function digamma(x: number): number {
  let result = 0;
  for (; x < 7; x++) result -= 1 / x;
  const y = 1 / (x * x);
  return result + Math.log(x) - 0.5 / x -
    y * (1 / 12 - y * (1 / 120 - y * (1 / 252 - y * (1 / 240 - y / 132))));
}
