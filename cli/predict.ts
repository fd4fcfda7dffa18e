/**
 * `crosstie predict`: tags raw text with a trained model.
 *
 * @module
 */
import { InvalidArgumentError, Option } from "@commander-js/extra-typings";
import { resolve } from "node:path";
import { UserError } from "../lib/core/errors.ts";
import { statIfThere } from "../lib/core/file_state.ts";
import { type Decoding, decodings } from "../lib/predict/decode.ts";
import { type PlainRule, sentenceRules } from "../lib/raw_text/plain_sentences.ts";
import { type OffsetUnit, offsetUnits } from "../lib/raw_text/raw_sentence.ts";
import { formatOfName, type RawFormat, rawFormats } from "../lib/raw_text/raw_formats.ts";
import { icuVersion, Segmenter } from "../lib/raw_text/segmenter.ts";
import { openPipeline, pipelineCommand, seenFromCaller } from "./pipeline_command.ts";
import { chosenFormat, openOutput, type OutputFormat, outputFormats } from "./predict_output.ts";

/** The command. */
export function predictCommand() {
  return pipelineCommand("predict")
    .description(
      "Tags words with a trained model: a tag for every word of sentences of any length, from plain " +
        "text, CoNLL, JSON lines or CSV. Text is read and written as a stream.",
    )
    .argument("<model>", "'train[source=swa,seed=42]', or the folder of a model")
    .argument("[input]", "a file in UTF-8, or - for standard input", "-")
    .addOption(
      new Option("--from <format>", "what the input is (default: by its name, else text)")
        .choices(rawFormats),
    )
    .addOption(
      new Option(
        "--sentences <rule>",
        "where sentences of text end: prose, by Unicode's rules and at line ends; wrapped, where " +
          "lines go on in the next one; lines, a sentence a line",
      ).choices(sentenceRules).default("prose" as PlainRule),
    )
    .option("--language <code>", "of the text, such as deu: its abbreviations and ordinals")
    .option("--column <name>", "the column or field of the text or the words: a name, or a number")
    .addOption(
      new Option("--to <format>", "how to write (default: by the name of --output, else tags)")
        .choices(outputFormats),
    )
    .option("-o, --output <file>", "where to write (default: standard output)")
    .addOption(
      new Option("--offsets <unit>", "what offsets count: code points, UTF-16 units, or bytes")
        .choices(offsetUnits).default("characters" as OffsetUnit),
    )
    .addOption(
      new Option("--decoding <way>", "wellFormed tags of spans, or each word on its own")
        .choices(decodings).default("wellFormed" as Decoding),
    )
    .option("--threads <n>", "cores to use (default: all)", positive)
    .addHelpText(
      "after",
      "\nExamples:\n  deno task predict 'train[source=eng,seed=42]' report.txt\n" +
        "  echo 'Amina lives in Dodoma.' | deno task predict ./model - --to json\n" +
        "  deno task predict ./model test.conll --output predicted.conll",
    )
    .action(async (model, input, options) => {
      const file = options.output === undefined ? undefined : fromCaller(options.output);
      const to = chosenFormat(options.to as OutputFormat | undefined, file);
      const [{ findModel }, { loadTagger }, reading, { tagStream }, { PredictProgress }] =
        await Promise.all([
          import("./predict_model.ts"),
          import("../lib/tagging/load_tagger.ts"),
          openReading(input, options),
          import("../lib/tagging/tag_stream.ts"),
          import("./predict_progress.ts"),
        ]);
      const place = await findModel(model, seenFromCaller(model), () => openPipeline(options));
      await using tagger = await loadTagger(place, {
        threads: options.threads ?? navigator.hardwareConcurrency,
        device: options.device,
        decoding: options.decoding,
      });
      const { hasSpans } = tagger;
      await using output = await openOutput(to, file, { hasSpans, icu: icuVersion });
      const isLive = Deno.stderr.isTerminal() && !Deno.stdout.isTerminal() &&
        !Deno.env.get("CI") && Deno.env.get("TERM") !== "dumb";
      const progress = new PredictProgress(reading.total, isLive);
      try {
        const sentences = reading.sentences(progress.counted(reading.stream));
        for await (const group of tagStream(sentences, tagger)) {
          await output.write(group);
          progress.note(group);
        }
        await output.close();
      } catch (error) {
        progress.clear();
        throw error;
      }
      progress.end(
        `${place.name} (${tagger.labels.length} tags, windows of ${tagger.window} pieces), ` +
          `ICU ${icuVersion}`,
      );
    });
}

/** What of the input is asked for. */
interface InputOptions {
  readonly from?: RawFormat;
  readonly sentences: PlainRule;
  readonly language?: string;
  readonly column?: string;
  readonly offsets: OffsetUnit;
}

/** Opens the input. */
async function openReading(input: string, options: InputOptions) {
  const [{ readAbbreviations }, { readSentences }] = await Promise.all([
    import("../lib/raw_text/abbreviations.ts"),
    import("../lib/raw_text/read_sentences.ts"),
  ]);
  const { sentences: rule, language, column, offsets: unit } = options;
  const segmenter = new Segmenter(await readAbbreviations(language), language);
  const format = options.from ?? (input === "-" ? "text" : formatOfName(input));
  const { stream, total } = input === "-"
    ? { stream: Deno.stdin.readable, total: undefined }
    : await openInput(input);
  const name = input === "-" ? "standard input" : input;
  return {
    stream,
    total,
    sentences: (bytes: AsyncIterable<Uint8Array>) =>
      readSentences(bytes, name, { format, column, segmenter, rule, unit }),
  };
}

async function openInput(input: string) {
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

/** A file that need not be there yet, as seen from where `deno task` was called. */
function fromCaller(file: string): string {
  return resolve(Deno.env.get("INIT_CWD") ?? ".", file);
}

function positive(text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value > 0) return value;
  throw new InvalidArgumentError("It must be a whole number above 0.");
}
