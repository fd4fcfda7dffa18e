/**
 * The entities that tags name.
 *
 * @module
 */

/** An entity: words `start` … `end − 1` of a sentence. */
export interface Span {
  type: string;
  start: number;
  end: number;
}

/**
 * How tags become spans.
 * - `default`: as conlleval and seqeval's default. An orphan `I-X` starts an entity, and so does
 *   `I-Y` after `X`.
 * - `strict`: as seqeval's strict IOB2. Only `B-` starts an entity; an orphan `I-` is no entity.
 */
export type SpanMode = "default" | "strict";

function splitTag(tag: string): { prefix: string; type: string } {
  const dash = tag.indexOf("-");
  return dash < 0 ? { prefix: tag, type: "" } : {
    prefix: tag.slice(0, dash),
    type: tag.slice(dash + 1),
  };
}

/**
 * The entities of a sentence.
 *
 * @param tags IOB2 tags, one per word
 * @throws {TypeError} for a tag that is neither `O` nor `B-…` nor `I-…`
 */
export function spansOf(tags: readonly string[], mode: SpanMode = "default"): Span[] {
  const spans: Span[] = [];
  let open: Span | undefined;
  for (let i = 0; i < tags.length; i++) {
    if (tags[i] === "O") { // Most are: nothing is split for them.
      open = undefined;
      continue;
    }
    const { prefix, type } = splitTag(tags[i]);
    if (prefix !== "O" && ((prefix !== "B" && prefix !== "I") || type === "")) {
      throw new TypeError(`Cannot read the tag "${tags[i]}": expected O, B-TYPE or I-TYPE`);
    }
    const continues = prefix === "I" && open?.type === type;
    if (open && continues) {
      open.end = i + 1;
      continue;
    }
    open = undefined;
    if (prefix === "B" || (prefix === "I" && mode === "default")) {
      open = { type, start: i, end: i + 1 };
      spans.push(open);
    }
  }
  return spans;
}
