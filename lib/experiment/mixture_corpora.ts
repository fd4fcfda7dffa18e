/**
 * The training sentences that a mixture is made of, language by language.
 *
 * @module
 */
import { compareStrings } from "../core/canonical_json.ts";
import { type Problem, UserError } from "../core/errors.ts";
import { byPlace, type ExampleRow } from "../table/schemas/examples.ts";

/** A tokenized corpus: what its `train.parquet` has. */
export interface TrainInput {
  /** The instance that wrote it, for messages. */
  readonly instance: string;
  readonly rows: readonly ExampleRow[];
}

/** What there is to draw from. */
export interface TrainSentences {
  /** Every sentence as it is, by language: languages by their codes, sentences by their places. */
  readonly languages: ReadonlyMap<string, readonly ExampleRow[]>;
  /** What epochs read in the place of a sentence, in turn, where its corpus has variants. */
  readonly variants: ReadonlyMap<ExampleRow, readonly ExampleRow[]>;
}

/**
 * Puts corpora together. Their order changes nothing.
 *
 * @throws {UserError} with every input that has no sentences, has sentences of another one, or has
 *   epochs that read different sentences
 */
export function trainSentences(inputs: readonly TrainInput[]): TrainSentences {
  const problems: Problem[] = [];
  const all: ExampleRow[] = [];
  const variants = new Map<ExampleRow, ExampleRow[]>();
  const ownerOf = new Map<string, string>();
  for (const { instance, rows } of inputs) {
    const own = new Map<string, ExampleRow>();
    for (const row of rows) if (row.variant === 0) own.set(placeOf(row), row);
    if (own.size === 0) {
      problems.push({
        message: `Cannot mix ${instance}: it has no training sentences`,
        hint: "leave it out, or raise the limit of its train split",
      });
    }
    const taken = [...Map.groupBy(rows, ({ variant }) => variant)]
      .filter(([variant]) => variant > 0).sort(([a], [b]) => a - b);
    for (const [, others] of taken) {
      const places = new Set(others.map(placeOf));
      if (others.length !== own.size || !own.keys().every((place) => places.has(place))) {
        problems.push({
          message: `Cannot mix ${instance}: each of its epochs reads other sentences already`,
          hint: "take the tokenized corpora that it is made of",
        });
        break;
      }
      for (const row of others) {
        const sentence = own.get(placeOf(row))!;
        variants.set(sentence, [...variants.get(sentence) ?? [], row]);
      }
    }
    const shared = [...own].find(([place]) => ownerOf.has(place));
    if (shared) {
      const [place, { corpus, language }] = shared;
      problems.push({
        message: `Cannot mix ${ownerOf.get(place)} and ${instance}: both have training ` +
          `sentences of ${corpus}, ${language}`,
        hint: "take each corpus once, with where",
      });
    }
    for (const [place, row] of own) {
      ownerOf.set(place, instance);
      all.push(row);
    }
  }
  if (problems.length > 0) throw new UserError(problems);
  const groups = Map.groupBy(all.sort(byPlace), ({ language }) => language);
  return { languages: new Map([...groups].sort(([a], [b]) => compareStrings(a, b))), variants };
}

/** The names of the corpora that sentences are of. */
export function corporaOf(sentences: readonly ExampleRow[]): string[] {
  return [...new Set(sentences.map(({ corpus }) => corpus))];
}

function placeOf({ corpus, language, sentence }: ExampleRow): string {
  return JSON.stringify([corpus, language, sentence]);
}
