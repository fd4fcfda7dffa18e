/**
 * What a model and the examples it reads must share: the tokenizer, and the names of the answers.
 *
 * @module
 */
import { z } from "zod";
import { readSmallJson } from "../core/small_file.ts";
import { messageOf, UserError } from "../core/errors.ts";
import { LastMade } from "../core/last_made.ts";
import { tokenizerName, tokenizerSourceSchema } from "../tokenizers/tokenizer_source.ts";

/** What an answer is asked of. In raw text nothing is asked: a model masks its own pieces. */
export const askedUnits = ["words", "sentences", "nothing"] as const;

/** Which pieces of a training word carry its label: the first, or all of them. */
export const labelledPieces = ["first", "all"] as const;

const formatSchema = z.object({
  tokenizer: tokenizerSourceSchema,
  vocabSize: z.int().positive(),
  padId: z.int().nonnegative(),
  maskId: z.int().nonnegative().optional(),
  /** Greatest number of pieces in an example. */
  maxTokens: z.int().positive(),
  asks: z.enum(askedUnits),
  /** The names of the answers, by index. */
  labels: z.array(z.string()),
  /** The scheme of labels of which not every sequence is well formed. */
  scheme: z.literal("iob2").optional(),
  labelledPieces: z.enum(labelledPieces),
  /** Whether token types tell the sentences of a pair apart. */
  tokenTypes: z.boolean(),
});

/** The content of `encoding.json`. */
export type ExampleFormat = z.output<typeof formatSchema>;

/** It holds a tokenizer as text, in bytes. */
const mostBytes = 512 * 2 ** 20;

const lastRead = new LastMade<ExampleFormat>();

/**
 * Reads an `encoding.json`. One with the content of the last is not read again.
 *
 * @param digest SHA-256 of its content, where it is known
 * @throws {UserError} when it is none
 */
export async function readExampleFormat(path: string, digest?: string): Promise<ExampleFormat> {
  try {
    return await lastRead.of(
      digest,
      async () => formatSchema.parse(await readSmallJson(path, mostBytes)),
    );
  } catch (cause) {
    throw new UserError(`Cannot read the encoding ${path}: ${messageOf(cause)}`, { cause });
  }
}

const sharedKeys = [
  "tokenizer",
  "vocabSize",
  "padId",
  "asks",
  "labels",
  "labelledPieces",
  "tokenTypes",
] as const;

function shown(format: ExampleFormat, key: typeof sharedKeys[number]): string {
  return key === "tokenizer" ? tokenizerName(format[key]) : JSON.stringify(format[key]);
}

/**
 * The format that several inputs share, with the greatest of their `maxTokens`.
 *
 * @throws {UserError} when two of them differ, with both
 */
export function sharedFormat(
  formats: readonly { readonly of: string; readonly format: ExampleFormat }[],
): ExampleFormat {
  const [first, ...rest] = formats;
  for (const other of rest) {
    for (const key of sharedKeys) {
      const [a, b] = [shown(first.format, key), shown(other.format, key)];
      if (a !== b) {
        throw new UserError(
          `Cannot use ${first.of} and ${other.of} together, as their ${key} differ: ${a} and ${b}`,
        );
      }
    }
  }
  return { ...first.format, maxTokens: Math.max(...formats.map((each) => each.format.maxTokens)) };
}
