/**
 * What `predict` reads: a file or standard input, as sentences or as texts.
 *
 * @module
 */
import { UserError } from "../lib/core/errors.ts";
import { statIfThere } from "../lib/core/file_state.ts";
import type { PlainRule } from "../lib/raw_text/plain_sentences.ts";
import { formatOfName, type RawFormat } from "../lib/raw_text/raw_formats.ts";
import type { OffsetUnit } from "../lib/raw_text/raw_sentence.ts";
import { Segmenter } from "../lib/raw_text/segmenter.ts";
import { seenFromCaller } from "./pipeline_command.ts";

/** What of the input is asked for. */
export interface InputOptions {
  readonly from?: RawFormat;
  readonly sentences: PlainRule;
  readonly language?: string;
  readonly column?: string;
  readonly languageColumn?: string;
  readonly offsets: OffsetUnit;
}

/**
 * Opens the input.
 *
 * @param input a file, or - for standard input
 * @throws {UserError} where there is no such file, or an option cannot be used
 */
export async function openInput(input: string, options: InputOptions) {
  const [{ readAbbreviations }, { readSentences, readTexts }] = await Promise.all([
    import("../lib/raw_text/abbreviations.ts"),
    import("../lib/raw_text/read_sentences.ts"),
  ]);
  const { sentences: rule, language, column, languageColumn, offsets: unit } = options;
  const segmenter = new Segmenter(await readAbbreviations(language), language);
  const format = options.from ?? (input === "-" ? "text" : formatOfName(input));
  const { stream, total } = input === "-"
    ? { stream: Deno.stdin.readable, total: undefined }
    : await openFile(input);
  const name = input === "-" ? "standard input" : input;
  const reading = { format, column, languageColumn, segmenter, rule, unit };
  return {
    stream,
    /** Its bytes, where that is known. */
    total,
    sentences: (bytes: AsyncIterable<Uint8Array>) => readSentences(bytes, name, reading),
    texts: (bytes: AsyncIterable<Uint8Array>) => readTexts(bytes, name, reading),
  };
}

async function openFile(input: string) {
  const path = seenFromCaller(input);
  const stat = statIfThere(path);
  if (!stat || stat.isDirectory) {
    throw new UserError({
      message: stat
        ? `Cannot read "${input}": it is a folder`
        : `Cannot find the input "${input}": there is no such file`,
      hint: "name a file, or - for standard input",
    });
  }
  const { readable } = await Deno.open(path);
  return { stream: readable, total: stat.isFile ? stat.size : undefined };
}
