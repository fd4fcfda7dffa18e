/**
 * Whether a model can read tokenized sentences.
 *
 * @module
 */
import { type Problem, UserError } from "../core/errors.ts";
import { parseEncoderConfig } from "../models/encoder/config.ts";
import { longestInput } from "../models/encoder/families.ts";
import type { ExampleFormat } from "../models/example_format.ts";
import { isNamed, tokenizerName } from "../tokenizers/tokenizer_source.ts";

/** A model, as its `config.json` describes it. */
export interface DescribedModel {
  /** For errors. */
  readonly name: string;
  /** The parsed `config.json`. */
  readonly published: {
    readonly id2label?: Readonly<Record<string, string>>;
    /** Present in what crosstie trained. */
    readonly crosstie?: { readonly tokenizer?: string; readonly tokenTypes?: boolean };
  };
}

/** Tokenized sentences. */
export interface DescribedTokens {
  /** For errors. */
  readonly name: string;
  readonly format: ExampleFormat;
  /** The greatest number of pieces in a sentence. */
  readonly longest: number;
}

/** What a model has room for. */
export interface ModelRoom {
  /** Pieces of a vocabulary. */
  readonly vocabulary: number;
  /** Pieces of a sentence; Infinity for a model without positions. */
  readonly longest: number;
}

function encoderRoom({ name, published }: DescribedModel): ModelRoom {
  const config = parseEncoderConfig(published, `the config.json of ${name}`);
  return { vocabulary: config.vocab_size, longest: longestInput(config) };
}

/**
 * Checks that labels, tokenizer, vocabulary and lengths are those of the model.
 *
 * @param room that of the encoder in `config.json` if left out
 * @throws {UserError} that names each difference, with both values
 */
export function checkModelReads(
  model: DescribedModel,
  tokens: DescribedTokens,
  room: ModelRoom = encoderRoom(model),
): void {
  const { name, published } = model;
  const { format, longest } = tokens;
  const start = `Cannot read ${tokens.name} with ${name}, as`;
  const problems: Problem[] = [];
  const known = Object.values(published.id2label ?? {});
  if (known.join() !== format.labels.join()) {
    problems.push({
      message: `${start} their labels differ: [${format.labels.join(", ")}] and ` +
        `[${known.join(", ")}]`,
      hint: "tokenize both with the same labels, in the same order",
    });
  }
  const trainedWith = published.crosstie?.tokenizer;
  if (trainedWith !== undefined && !isNamed(format.tokenizer, trainedWith)) {
    problems.push({
      message: `${start} their tokenizers differ: ${tokenizerName(format.tokenizer)} and ` +
        trainedWith,
      hint: "use the tokenizer that the weights were trained with",
    });
  } else if (format.vocabSize > room.vocabulary) {
    problems.push({
      message: `${start} the vocabulary is larger than the embedding: got ` +
        `${format.vocabSize} pieces and ${room.vocabulary} rows`,
      hint: "use the tokenizer that the weights were trained with",
    });
  }
  const typed = published.crosstie?.tokenTypes;
  if (typed !== undefined && typed !== format.tokenTypes) {
    const told = (types: boolean) => types ? "token types" : "none";
    problems.push({
      message: `${start} their token types differ: ${told(format.tokenTypes)} and ${told(typed)}`,
      hint: "tokenize both with the same tokenizer, for the same task",
    });
  }
  if (longest > room.longest) {
    problems.push({
      message: `${start} a sentence is longer than the model has positions for: got ` +
        `${longest} pieces and ${room.longest} positions`,
      hint: `set maxTokens to ${room.longest} where the sentences are tokenized`,
    });
  }
  if (problems.length > 0) throw new UserError(problems);
}
