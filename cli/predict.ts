/**
 * `crosstie predict`: tags or classifies raw text with a trained model.
 *
 * @module
 */
import { InvalidArgumentError, Option } from "@commander-js/extra-typings";
import { resolve } from "node:path";
import { UserError } from "../lib/core/errors.ts";
import { type Decoding, decodings } from "../lib/predict/decode.ts";
import { type PlainRule, sentenceRules } from "../lib/raw_text/plain_sentences.ts";
import { type OffsetUnit, offsetUnits } from "../lib/raw_text/raw_sentence.ts";
import { rawFormats } from "../lib/raw_text/raw_formats.ts";
import { icuVersion } from "../lib/raw_text/segmenter.ts";
import type { ZeroShot } from "../lib/tagging/text_classifier.ts";
import { openPipeline, pipelineCommand, seenFromCaller } from "./pipeline_command.ts";
import { openInput } from "./predict_input.ts";
import {
  chosenFormat,
  openOutput,
  type OutputFormat,
  outputFormats,
  textsForms,
  wordsForms,
} from "./predict_output.ts";

/** The command. */
export function predictCommand() {
  return pipelineCommand("predict")
    .description(
      "Predicts with a trained model: entities or parts of speech of the words of sentences of any " +
        "length, or a class of each text. Reads plain text, CoNLL, JSON lines or CSV, as a stream.",
    )
    .argument(
      "<model>",
      "'train[source=swa,seed=42]', a model's folder, owner/name@revision of the hub, or a router: " +
        "a YAML file of models by language",
    )
    .argument("[input]", "a file in UTF-8, or - for standard input", "-")
    .addOption(
      new Option("--from <format>", "the format of the input (default: by its name, else text)")
        .choices(rawFormats),
    )
    .addOption(
      new Option(
        "--sentences <rule>",
        "where sentences of text end: prose, by Unicode's rules and at line ends; wrapped, where " +
          "lines go on in the next one; lines, a sentence a line",
      ).choices(sentenceRules).default("prose" as PlainRule),
    )
    .option(
      "--language <code>",
      "of the text, such as deu: its abbreviations and ordinals, its model of a router, its template",
    )
    .option("--column <name>", "the column or field of the text or the words: a name, or a number")
    .option(
      "--language-column <name>",
      "the column or field of a text's language, for a router (default: language)",
    )
    .option(
      "--labels <labels>",
      "classify texts zero-shot by these labels, with a natural language inference model: " +
        "positive,negative,neutral",
    )
    .option(
      "--template <text>",
      "the hypothesis that a text must entail to have a label, with {} for the label (default: that " +
        "of --language)",
    )
    .addOption(
      new Option(
        "--to <format>",
        "the format of the output (default: by the name of --output, else tags)",
      )
        .choices(outputFormats),
    )
    .option("-o, --output <file>", "where to write (default: standard output)")
    .addOption(
      new Option("--offsets <unit>", "what offsets count: code points, UTF-16 units, or bytes")
        .choices(offsetUnits).default("characters" as OffsetUnit),
    )
    .addOption(
      new Option(
        "--decoding <way>",
        "tags of entities: wellFormed, the likeliest sequence of valid IOB2 tags, or argmax, the " +
          "likeliest tag of each word",
      )
        .choices(decodings).default("wellFormed" as Decoding),
    )
    .option("--threads <n>", "cores to use (default: all)", positive)
    .addHelpText(
      "after",
      "\nExamples:\n  deno task predict 'train[source=eng,seed=42]' report.txt\n" +
        "  echo 'Amina lives in Dodoma.' | deno task predict ./model - --to json\n" +
        "  deno task predict ./model test.conll --output predicted.conll\n" +
        "  deno task predict owner/xnli reviews.csv --labels positiv,negativ --language deu",
    )
    .action(async (model, input, options) => {
      const file = options.output === undefined ? undefined : fromCaller(options.output);
      const to = chosenFormat(options.to as OutputFormat | undefined, file);
      const zeroShot = await zeroShotOf(options);
      const [{ openModel }, reading, { PredictProgress }] = await Promise.all([
        import("./predict_open.ts"),
        openInput(input, options),
        import("./predict_progress.ts"),
      ]);
      await using opened = await openModel(model, seenFromCaller(model), {
        threads: options.threads ?? navigator.hardwareConcurrency,
        device: options.device,
        decoding: options.decoding,
        zeroShot,
        language: options.language,
        open: () => openPipeline(options),
      });
      const isLive = Deno.stderr.isTerminal() && !Deno.stdout.isTerminal() &&
        !Deno.env.get("CI") && Deno.env.get("TERM") !== "dumb";
      const ofWords = opened.kind === "words";
      const progress = new PredictProgress(reading.total, isLive, ofWords ? "sentence" : "text");
      const stream = progress.counted(reading.stream);
      try {
        if (opened.kind === "words") {
          const { tagStream } = await import("../lib/tagging/tag_stream.ts");
          await using output = await openOutput(to, file, await wordsForms(icuVersion));
          for await (const group of tagStream(reading.sentences(stream), opened.tagger)) {
            await output.write(group);
            progress.note(group.length, group.reduce((sum, { words }) => sum + words.length, 0));
          }
          await output.close();
        } else {
          await using output = await openOutput(to, file, await textsForms());
          for await (const group of opened.classifier.stream(reading.texts(stream))) {
            await output.write(group);
            progress.note(group.length, 0, group.filter(({ lostWords }) => lostWords > 0).length);
          }
          await output.close();
        }
      } catch (error) {
        progress.clear();
        throw error;
      }
      progress.end(ofWords ? `${opened.note()}, ICU ${icuVersion}` : opened.note());
    });
}

/**
 * What a model of inference chooses among, where it is to.
 *
 * @throws {UserError} for a template without labels, and a language without one
 */
async function zeroShotOf(
  { labels, template, language }: { labels?: string; template?: string; language?: string },
): Promise<ZeroShot | undefined> {
  if (labels === undefined) {
    if (template === undefined) return undefined;
    throw new UserError({
      message: "Cannot use --template without --labels",
      hint: "name the labels, such as --labels positive,negative,neutral",
    });
  }
  const { hypothesesOf, templateOf } = await import("../lib/tagging/hypotheses.ts");
  const names = labels.split(",").map((label) => label.trim().normalize());
  const chosen = template ?? await templateOf(language);
  hypothesesOf(chosen, names); // what cannot be used is told before a model is fetched
  return { labels: names, template: chosen };
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
