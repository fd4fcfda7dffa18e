/**
 * Where `predict` writes: standard output or a file, in one of its formats.
 *
 * @module
 */
import { UserError } from "../lib/core/errors.ts";
import { showControls } from "../lib/core/controls.ts";
import { isFolder } from "../lib/core/file_kinds.ts";
import type { TaggedSentence } from "../lib/tagging/tagged_sentence.ts";
import type { ClassifiedText } from "../lib/tagging/text_classifier.ts";
import type { TextOptions } from "../lib/tagging/tagged_text.ts";
import { dirname } from "node:path";
import { writeOut } from "./terminal.ts";

/** What predictions are written as. */
export const outputFormats = ["tags", "conll", "json", "parquet"] as const;

/** A format of {@linkcode outputFormats}. */
export type OutputFormat = typeof outputFormats[number];

/** The forms that something is written in. */
export interface Forms<T> {
  /** The text of one of them, line ends included. */
  readonly text: Readonly<
    Record<Exclude<OutputFormat, "parquet">, (given: T, options: TextOptions) => string>
  >;
  /** The version of ICU that cuts words, where they are cut. */
  readonly icu: string;
  /** A Parquet file of them. */
  parquet(path: string): {
    write(given: readonly T[]): Promise<void>;
    close(): Promise<void>;
  } & AsyncDisposable;
}

/** The forms of sentences with tags. */
export async function wordsForms(icu: string): Promise<Forms<TaggedSentence>> {
  const [{ inlineTags, conllLines, jsonLine }, { wordsWriter }] = await Promise.all([
    import("../lib/tagging/tagged_text.ts"),
    import("../lib/tagging/tagged_parquet.ts"),
  ]);
  return {
    text: { tags: inlineTags, conll: conllLines, json: jsonLine },
    icu,
    parquet: (path) => wordsWriter(path, icu),
  };
}

/** The forms of texts with classes. */
export async function textsForms(): Promise<Forms<ClassifiedText>> {
  const [{ classConll, classJson, classLine }, { textsWriter }] = await Promise.all([
    import("../lib/tagging/classified_text.ts"),
    import("../lib/tagging/tagged_parquet.ts"),
  ]);
  return {
    text: { tags: classLine, conll: classConll, json: classJson },
    icu: "",
    parquet: textsWriter,
  };
}

/** What takes predictions. Disposing it before it is closed leaves nothing behind. */
export interface Output<T> extends AsyncDisposable {
  write(given: readonly T[]): Promise<void>;
  /** Ends the output: a file has its name only now. */
  close(): Promise<void>;
}

const formatsByEnding: Readonly<Record<string, OutputFormat>> = {
  conll: "conll",
  iob: "conll",
  iob2: "conll",
  bio: "conll",
  json: "json",
  jsonl: "json",
  ndjson: "json",
  parquet: "parquet",
};

/** The format that is asked for, or that the name of the file says; text with tags by default. */
export function chosenFormat(to: OutputFormat | undefined, file: string | undefined): OutputFormat {
  const ending = file?.slice(file.lastIndexOf(".") + 1).toLowerCase() ?? "";
  const format = to ?? (Object.hasOwn(formatsByEnding, ending) ? formatsByEnding[ending] : "tags");
  if (format !== "parquet" || file !== undefined) return format;
  throw new UserError({
    message: "Cannot write Parquet to standard output",
    hint: "name a file with --output, such as --output tags.parquet",
  });
}

/**
 * Opens an output.
 *
 * @param file its path; standard output if left out
 * @throws {UserError} where no such file can be written
 */
export async function openOutput<T>(
  format: OutputFormat,
  file: string | undefined,
  forms: Forms<T>,
): Promise<Output<T>> {
  if (file !== undefined) await checkPlace(file);
  if (format === "parquet") {
    const part = partOf(file!);
    const writer = forms.parquet(part);
    return {
      write: (given) => writer.write(given),
      async close() {
        await writer.close();
        await Deno.rename(part, file!);
      },
      async [Symbol.asyncDispose]() {
        await writer[Symbol.asyncDispose]();
        await removeIfThere(part);
      },
    };
  }
  const form = forms.text[format];
  const isTerminal = file === undefined && Deno.stdout.isTerminal();
  const isColoured = isTerminal && !Deno.env.get("NO_COLOR") && Deno.env.get("TERM") !== "dumb";
  const text: TextOptions = {
    icu: forms.icu,
    ...isTerminal ? { show: showControls } : {},
    ...isColoured ? { paint: painter() } : {},
  };
  const linesOf = (given: readonly T[]) => given.map((each) => form(each, text)).join("");
  if (file === undefined) {
    return {
      write: (given) => writeOut(linesOf(given)),
      close: () => Promise.resolve(),
      [Symbol.asyncDispose]: () => Promise.resolve(),
    };
  }
  const part = partOf(file);
  const handle = await Deno.open(part, { write: true, create: true, truncate: true });
  let isOpen = true;
  const end = () => {
    if (isOpen) handle.close();
    isOpen = false;
  };
  return {
    async write(given) {
      let rest = new TextEncoder().encode(linesOf(given));
      while (rest.length > 0) rest = rest.subarray(await handle.write(rest));
    },
    async close() {
      await handle.sync();
      end();
      await Deno.rename(part, file);
    },
    async [Symbol.asyncDispose]() {
      end();
      await removeIfThere(part);
    },
  };
}

/** The name that a file has until it is whole. */
function partOf(file: string): string {
  return `${file}.${Deno.pid}.part`;
}

async function checkPlace(file: string): Promise<void> {
  if (await isFolder(file)) {
    throw new UserError({
      message: `Cannot write to "${file}": it is a folder`,
      hint: "name a file",
    });
  }
  if (await isFolder(dirname(file))) return;
  throw new UserError({
    message: `Cannot write to "${file}": there is no folder "${dirname(file)}"`,
    hint: "make the folder first",
  });
}

async function removeIfThere(path: string): Promise<void> {
  try {
    await Deno.remove(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

/** Gives every tag a colour of its own, in the order in which tags come. */
function painter(): (text: string, tag: string) => string {
  const colours = [32, 33, 34, 35, 36, 31];
  const seen = new Map<string, number>();
  return (text, tag) => {
    if (!seen.has(tag)) seen.set(tag, colours[seen.size % colours.length]);
    return `\x1b[${seen.get(tag)}m${text}\x1b[39m`;
  };
}
