/**
 * What a model and the sentences it reads must share: the tokenizer and the label names.
 *
 * @module
 */
import { z } from "zod";
import { messageOf, UserError } from "../core/errors.ts";
import { labelledPieces } from "./encode.ts";
import { tokenizerName, tokenizerSourceSchema } from "../tokenizers/tokenizer_source.ts";

const encodingSchema = z.object({
  tokenizer: tokenizerSourceSchema,
  vocabSize: z.int().positive(),
  padId: z.int().nonnegative(),
  maxTokens: z.int().positive(),
  labels: z.array(z.string()).min(1),
  labelledPieces: z.enum(labelledPieces),
});

/** The content of `encoding.json`. */
export type TextEncoding = z.output<typeof encodingSchema>;

/** Reads an `encoding.json`. */
export async function readEncoding(path: string): Promise<TextEncoding> {
  try {
    return encodingSchema.parse(JSON.parse(await Deno.readTextFile(path)));
  } catch (cause) {
    throw new UserError(`Cannot read the encoding ${path}: ${messageOf(cause)}`, { cause });
  }
}

const sharedKeys = ["tokenizer", "vocabSize", "padId", "labels", "labelledPieces"] as const;

function shown(encoding: TextEncoding, key: typeof sharedKeys[number]): string {
  return key === "tokenizer" ? tokenizerName(encoding[key]) : JSON.stringify(encoding[key]);
}

/**
 * The encoding that several inputs share.
 *
 * @throws {Error} when two of them differ, with both
 */
export function sharedEncoding(
  encodings: readonly { readonly of: string; readonly encoding: TextEncoding }[],
): TextEncoding {
  const [first, ...rest] = encodings;
  for (const other of rest) {
    for (const key of sharedKeys) {
      const [a, b] = [shown(first.encoding, key), shown(other.encoding, key)];
      if (a !== b) {
        throw new Error(
          `Cannot use ${first.of} and ${other.of} together, as their ${key} differ: ${a} and ${b}`,
        );
      }
    }
  }
  return first.encoding;
}
