/**
 * Where gold entities look wrong, as the silver annotation of a machine often is.
 *
 * @module
 */
import { type Span, spansOf } from "../core/spans.ts";
import type { SuspectRow } from "../table/schemas/errors.ts";
import { type AnsweredEntities, type AnsweredSplit, formOf } from "./answered.ts";
import type { TaggedSentence } from "./memorizer.ts";

/** Of how many other places a majority must be at least. */
const leastVotes = 2;

type Suspect = Omit<SuspectRow, "model" | "corpus" | "language" | "split" | "rank">;

/**
 * Entities with a parenthesis or a date in them; and words that most other places annotate otherwise:
 * with another type, or as no entity, or as one where these are none. `top` of each reason.
 *
 * @param elsewhere sentences of the same corpus and language whose annotation counts as well
 */
export function suspectRows(
  { by, sentences }: AnsweredSplit,
  entities: readonly AnsweredEntities[],
  elsewhere: readonly TaggedSentence[],
  top: number,
): SuspectRow[] {
  const parentheses: Suspect[] = [], dates: Suspect[] = [];
  const placed = sentences.map(({ sentence, words, gold: tags, predicted }, i) => ({
    sentence,
    words,
    ...entities[i],
    annotated: { tokens: words, tags },
    predictedTags: predicted,
  }));
  const suspect = (
    { sentence, words, predicted, predictedTags }: typeof placed[number],
    span: Span,
  ): Omit<Suspect, "reason"> => ({
    sentence,
    start: span.start,
    end: span.end,
    text: formOf(words, span),
    gold: span.type,
    expected: null,
    votes: null,
    elsewhere: null,
    predicted: labelAt(predictedTags, predicted, span) ?? "?",
  });
  for (const each of placed) {
    for (const span of each.gold) {
      const words = each.words.slice(span.start, span.end);
      if (words.some(hasParenthesis)) {
        parentheses.push({ ...suspect(each, span), reason: "parentheses" });
      }
      if (!/^(date|time)$/i.test(span.type) && words.some(isDate)) {
        dates.push({ ...suspect(each, span), reason: "date" });
      }
    }
  }
  const annotated = placed.map(({ annotated }) => annotated);
  const votes = new Votes([...annotated, ...elsewhere]);
  const majorities = placed.flatMap((each) =>
    votes.occurrencesIn(each.annotated).flatMap((span): Suspect[] => {
      const other = votes.majorityAgainst(formOf(each.words, span), span.type);
      return other === undefined ? [] : [{ ...suspect(each, span), ...other, reason: "majority" }];
    })
  ).sort((a, b) =>
    b.votes! / b.elsewhere! - a.votes! / a.elsewhere! || b.votes! - a.votes! ||
    a.sentence - b.sentence || a.start - b.start || a.end - b.end
  );
  return [parentheses, dates, majorities].flatMap((found) =>
    found.slice(0, top).map((each, i) => ({ ...by, ...each, rank: i + 1 }))
  );
}

function hasParenthesis(word: string): boolean {
  return /[()[\]（）［］]/u.test(word);
}

/** A year from 1000 to 2099, a range of years, or a date in figures; in other scripts four figures. */
function isDate(word: string): boolean {
  const bare = word.replace(/^[^\p{L}\p{N}]+|[^\p{L}\p{N}]+$/gu, "");
  return /^(1\d|20)\d\d([-–—/]((1\d|20)?\d\d))?$/.test(bare) ||
    /^(?!\d)\p{Nd}{4}$/u.test(bare) ||
    /^\p{Nd}{1,4}([./-])\p{Nd}{1,2}\1\p{Nd}{1,4}$/u.test(bare);
}

/** What some words are annotated as: a type, O, or nothing where they are parts of something else. */
function labelAt(
  tags: readonly string[],
  spans: readonly Span[],
  { start, end }: Pick<Span, "start" | "end">,
): string | undefined {
  const own = spans.find((each) => each.start === start && each.end === end);
  if (own) return own.type;
  return tags.slice(start, end).every((tag) => tag === "O") ? "O" : undefined;
}

/** How often the words of each entity are annotated as what, wherever they stand. */
class Votes {
  /** The first word of an entity → how many words such entities have. */
  readonly #widths = new Map<string, Set<number>>();
  readonly #ofForm = new Map<string, Map<string, number>>();

  constructor(sentences: readonly TaggedSentence[]) {
    for (const { tokens, tags } of sentences) {
      for (const span of spansOf(tags)) {
        const first = tokens[span.start];
        if (!this.#widths.has(first)) this.#widths.set(first, new Set());
        this.#widths.get(first)!.add(span.end - span.start);
        this.#ofForm.set(formOf(tokens, span), new Map());
      }
    }
    for (const sentence of sentences) {
      for (const span of this.occurrencesIn(sentence)) {
        const votes = this.#ofForm.get(formOf(sentence.tokens, span))!;
        votes.set(span.type, (votes.get(span.type) ?? 0) + 1);
      }
    }
  }

  /** Where the words of an entity stand, with what they are annotated as; parts are left out. */
  occurrencesIn({ tokens, tags }: TaggedSentence): Span[] {
    const spans = spansOf(tags);
    return tokens.flatMap((first, start) =>
      [...this.#widths.get(first) ?? []].sort((a, b) => a - b).flatMap((width): Span[] => {
        const end = start + width;
        if (end > tokens.length) return [];
        if (!this.#ofForm.has(tokens.slice(start, end).join(" "))) return [];
        const type = labelAt(tags, spans, { start, end });
        return type === undefined ? [] : [{ type, start, end }];
      })
    );
  }

  /** What more than half of the other places say, where it is something else. */
  majorityAgainst(
    form: string,
    label: string,
  ): { expected: string; votes: number; elsewhere: number } | undefined {
    const counts = this.#ofForm.get(form)!;
    const elsewhere = [...counts.values()].reduce((sum, count) => sum + count, 0) - 1;
    for (const [expected, votes] of counts) {
      if (expected !== label && votes >= leastVotes && 2 * votes > elsewhere) {
        return { expected, votes, elsewhere };
      }
    }
  }
}
