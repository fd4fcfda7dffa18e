/**
 * The schemes in which sources write entities, and the one way from each of them to IOB2.
 *
 * @module
 */
import { isOrphanInside } from "../core/tags.ts";

/**
 * How a source writes entities:
 * - `iob2`: an entity begins with B- and goes on with I-;
 * - `iob1`: it begins with I-, and with B- only right after another of its type (Ramshaw & Marcus
 *   1995, CoNLL-2003);
 * - `io`: I- or the bare type, so that neighbours of a type are one entity;
 * - `bioes`: B- I- E-, and S- for an entity of one word; `bilou`: the same with L- and U-.
 */
export const tagSchemes = ["iob2", "iob1", "io", "bioes", "bilou"] as const;

/** A scheme of {@linkcode tagSchemes}. */
export type TagScheme = (typeof tagSchemes)[number];

const prefixes: Record<TagScheme, readonly string[]> = {
  iob2: ["B-", "I-"],
  iob1: ["I-", "B-"],
  io: ["I-", ""],
  bioes: ["B-", "I-", "E-", "S-"],
  bilou: ["B-", "I-", "L-", "U-"],
};

/** Every tag that a source may use. */
export function tagsOfScheme(scheme: TagScheme, types: readonly string[]): string[] {
  return ["O", ...types.flatMap((type) => prefixes[scheme].map((prefix) => prefix + type))];
}

/** A tag that was changed on the way to IOB2, or that its scheme does not allow there. */
export interface TagNote {
  readonly index: number;
  readonly kind: "convertedScheme" | "brokenScheme" | "orphanInside";
}

/**
 * The tags of one sentence in IOB2.
 *
 * In `iob2` nothing is changed. In `bioes` and `bilou` an entity that is not begun by its own tag
 * begins all the same, one that is not closed ends all the same: as the usual scorers count.
 *
 * @param tags tags of {@linkcode tagsOfScheme}
 */
export function toIob2(
  scheme: TagScheme,
  tags: readonly string[],
): { tags: string[]; notes: TagNote[] } {
  const notes: TagNote[] = [];
  switch (scheme) {
    case "iob2":
      tags.forEach((tag, index) => {
        if (isOrphanInside(tag, tags[index - 1])) notes.push({ index, kind: "orphanInside" });
      });
      return { tags: [...tags], notes };
    case "iob1":
    case "io": {
      const inside = scheme === "iob1"
        ? tags
        : tags.map((tag) => tag === "O" || tag.startsWith("I-") ? tag : `I-${tag}`);
      const converted = inside.map((tag, i) =>
        isOrphanInside(tag, inside[i - 1]) ? `B-${tag.slice(2)}` : tag
      );
      return { tags: converted, notes: changed(tags, converted) };
    }
    case "bioes":
    case "bilou":
      return closedToIob2(tags);
  }
}

function closedToIob2(tags: readonly string[]): { tags: string[]; notes: TagNote[] } {
  const notes: TagNote[] = [];
  /** The type of the entity that goes on, if one does. */
  let open: string | undefined;
  const converted = tags.map((tag, index) => {
    const [prefix, type] = [tag.slice(0, 1), tag.slice(2)];
    const goesOn = tag !== "O" && "IEL".includes(prefix);
    const isWrong = goesOn ? open !== type : open !== undefined;
    if (isWrong) notes.push({ index, kind: "brokenScheme" });
    if (tag === "O") {
      open = undefined;
      return tag;
    }
    const iob2 = goesOn && open === type ? `I-${type}` : `B-${type}`;
    open = "BI".includes(prefix) ? type : undefined;
    return iob2;
  });
  if (open !== undefined) notes.push({ index: tags.length - 1, kind: "brokenScheme" });
  const broken = new Set(notes.map(({ index }) => index));
  notes.push(...changed(tags, converted).filter(({ index }) => !broken.has(index)));
  return { tags: converted, notes: notes.sort((a, b) => a.index - b.index) };
}

function changed(before: readonly string[], after: readonly string[]): TagNote[] {
  return after.flatMap((tag, index) =>
    tag === before[index] ? [] : [{ index, kind: "convertedScheme" as const }]
  );
}
