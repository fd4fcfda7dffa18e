/**
 * New names out of old ones, so that a model trained on few sentences reads context and form
 * instead of learning its names by heart.
 *
 * @module
 */
import { CounterRandom } from "../core/random.ts";

/** A sentence with its tags, and the group whose names it may borrow from. */
export interface TaggedWords {
  readonly tokens: readonly string[];
  /** IOB2 tags, one per word. */
  readonly tags: readonly string[];
  /** Names are exchanged within a group only: a language. */
  readonly group: string;
}

/** Characters of a name word. Shorter ones are particles or signs. */
const shortest = 3;

function isNameWord(token: string, tag: string): boolean {
  return tag !== "O" && [...token].length >= shortest && /\p{L}/u.test(token);
}

/**
 * Replaces the second half of some name words by the second half of another name word of the same
 * entity type and group ("Nairobi" and "Kampala" give "Nairala"). Tags stay as they are.
 *
 * @param rate share of name words that change
 * @param key names the random choices, such as (seed, epoch)
 */
export function recombineNames(
  sentences: readonly TaggedWords[],
  rate: number,
  ...key: (string | number)[]
): TaggedWords[] {
  const random = new CounterRandom("recombine", ...key);
  const poolOf = new Map<string, string[]>();
  const nameOf = (group: string, tag: string) => `${group}\n${tag.slice(2)}`;
  for (const { tokens, tags, group } of sentences) {
    tokens.forEach((token, i) => {
      if (!isNameWord(token, tags[i])) return;
      const name = nameOf(group, tags[i]);
      const pool = poolOf.get(name);
      if (pool) pool.push(token);
      else poolOf.set(name, [token]);
    });
  }
  return sentences.map(({ tokens, tags, group }) => ({
    tags,
    group,
    tokens: tokens.map((token, i) => {
      if (!isNameWord(token, tags[i]) || random.uniform() >= rate) return token;
      const partner = [...random.pick(poolOf.get(nameOf(group, tags[i]))!)];
      const own = [...token];
      return own.slice(0, Math.ceil(own.length / 2)).join("") +
        partner.slice(Math.ceil(partner.length / 2)).join("");
    }),
  }));
}
