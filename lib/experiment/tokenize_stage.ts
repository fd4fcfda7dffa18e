/**
 * Makes the stage that turns the sentences of a corpus into a task's examples.
 *
 * @module
 */
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { readSmallFile } from "../core/small_file.ts";
import { type Problem, UserError } from "../core/errors.ts";
import { askedUnits, type ExampleFormat, labelledPieces } from "../models/example_format.ts";
import { aboutParam, defineStage, file, table, type Told } from "../plan/stage.ts";
import { readTable, writeTable } from "../table/parquet_tables.ts";
import type { RowOf, TableSchema } from "../table/schema.ts";
import { type ExampleRow, examplesTable } from "../table/schemas/examples.ts";
import type { EncodedExample } from "../tasks/asking.ts";
import { withBoundedTime } from "../tokenizers/bounded_time.ts";
import type { WordTokenizer } from "../tokenizers/tokenizer.ts";
import {
  givesTokenTypes,
  modelPathsBeside,
  readModelBeside,
  readTypedModel,
} from "../tokenizers/token_types.ts";
import {
  createTokenizer,
  readTokenizerFiles,
  readTokenizerSource,
  tokenizerPaths,
} from "../tokenizers/tokenizer_source.ts";

const project = fileURLToPath(new URL("../..", import.meta.url));

const sharedFields = {
  tokenizer: z.string().optional().describe(
    "bytes, the default: UTF-8, no vocabulary to learn; or a tokenizer.json or its folder, in the " +
      "project; left out where input tokenizer gives it",
  ),
  maxTokens: z.int().min(16).max(1_000_000).default(512).describe(
    "pieces of a sentence, special tokens included",
  ),
};

/** What every tokenize stage is given. */
type SharedParams = z.output<z.ZodObject<typeof sharedFields>>;

/** A sentence with what is asked of it. */
export interface Asked {
  /** What an answer is asked of: words, or the whole text. */
  readonly units: readonly string[];
  /** The right answer for each: one of the labels. */
  readonly answers: readonly string[];
}

/** A row of a corpus table, whatever it holds beside its key. */
type CorpusRow = Pick<ExampleRow, "corpus" | "language" | "split" | "sentence">;

/** What a task makes of sentences. */
export interface TokenizeTask<S extends TableSchema, P extends object> {
  readonly kind: string;
  readonly about: string;
  /** The table that a corpus has for the task. */
  readonly corpus: S;
  /** Params of the task's own, beside those that all tasks have. */
  readonly params: z.ZodType<P & SharedParams>;
  readonly asks: typeof askedUnits[number];
  /** Whether rows are pairs of texts, which token types may tell apart. */
  readonly pairs?: true;
  readonly scheme?: ExampleFormat["scheme"];
  /** The names of the answers, by index. */
  labels(params: P): readonly string[];
  /** Which pieces of a training word carry its label; the first by default. */
  labelled?(params: P): typeof labelledPieces[number];
  /** The problem of these params with what a corpus tells; undefined where there is none. */
  refusesInput?(params: P, input: "corpus", told: Told): Problem | undefined;
  /**
   * Says what the task leaves out of a split. A task without it leaves nothing out.
   *
   * @throws {UserError} when nothing is left
   */
  note?(split: string, rows: readonly RowOf<S>[], params: P): string;
  /** Units and right answers of a row. */
  ask(row: RowOf<S>, params: P): Asked;
  /**
   * The pieces of a row, and where it is asked.
   *
   * @param gold the label index of each answer
   */
  encode(
    tokenizer: WordTokenizer,
    row: RowOf<S> & Asked,
    gold: readonly number[],
    options: {
      readonly maxTokens: number;
      readonly labelled: typeof labelledPieces[number];
      /** Whether token types are given to the model. */
      readonly tokenTypes: boolean;
    },
  ): EncodedExample;
  /** Variants of the training sentences: an epoch of training reads one of them in their place. */
  variants?(rows: readonly RowOf<S>[], params: P): readonly (readonly RowOf<S>[])[];
}

/** The params of a tokenize stage: those of every task, and a task's own. */
export function tokenizeParams<S extends z.ZodRawShape>(own: S) {
  return z.strictObject({ ...sharedFields, ...own });
}

/** The stage. */
export function tokenizeStage<S extends TableSchema, P extends object>(
  task: TokenizeTask<S, P>,
) {
  return defineStage<P & SharedParams, "corpus" | "tokenizer", string>({
    kind: task.kind,
    about: task.about,
    params: task.params,
    inputs: {
      corpus: {
        about: "a corpus",
        takes: "one",
        files: ["train.parquet", "validation.parquet", "test.parquet"],
      },
      tokenizer: {
        about: "a published encoder, or a train stage's model, whose tokenizer is used",
        takes: "one",
        files: [
          "tokenizer.json",
          "tokenizer_config.json",
          ...task.pairs ? ["config.json"] : [],
        ],
        optional: true,
      },
    },
    outputs: {
      "train.parquet": table(examplesTable),
      "validation.parquet": table(examplesTable),
      "test.parquet": table(examplesTable),
      "encoding.json": file("the tokenizer and the names of the answers, which a model must share"),
    },
    tells: (params) => Promise.resolve({ asks: [task.asks], labels: task.labels(params) }),
    refusesInput: (params, input, told) =>
      input === "corpus" ? task.refusesInput?.(params, input, told) : undefined,
    refusesBeside: ({ tokenizer }, named) =>
      tokenizer === undefined || !named.has("tokenizer") ? [] : [{
        message: 'Cannot use param "tokenizer" beside input "tokenizer": one of them must say it',
        hint: "leave the param out, or the input",
        param: ["tokenizer"],
      }],
    async reads({ tokenizer = "bytes" }) {
      const source = await aboutParam("tokenizer", () => readTokenizerSource(tokenizer, project));
      if (source === "bytes") return { facts: null, paths: [] };
      const paths = tokenizerPaths(tokenizer, project);
      if (!task.pairs) return { facts: { tokenizer: source.digest }, paths };
      const model = await aboutParam("tokenizer", () => readModelBeside(tokenizer, project));
      return {
        facts: { tokenizer: source.digest, tokenTypes: givesTokenTypes(source, model) },
        paths: [...paths, ...modelPathsBeside(tokenizer, project)],
      };
    },
    async run({ params, inputs, output, log }) {
      const [given] = inputs.tokenizer;
      const source = given
        ? await readTokenizerFiles(given.files, given.digests)
        : await readTokenizerSource(params.tokenizer ?? "bytes", project);
      const tokenizer = withBoundedTime(createTokenizer(source), source);
      const tokenTypes = task.pairs === true && hasTypes(tokenizer) &&
        givesTokenTypes(
          source,
          given
            ? readTypedModel(await readSmallFile(given.files["config.json"]), "config.json")
            : await readModelBeside(params.tokenizer ?? "bytes", project),
        );
      const labels = task.labels(params);
      const indexOf = new Map(labels.map((label, i) => [label, i]));
      const labelled = task.labelled?.(params) ?? "first";
      for (const split of ["train", "validation", "test"] as const) {
        const rows = await readTable(task.corpus, inputs.corpus[0].files[`${split}.parquet`]);
        const encode = (row: RowOf<S>, variant: number): ExampleRow & EncodedExample => {
          const asked = task.ask(row, params);
          const { corpus, language, split, sentence } = row as unknown as CorpusRow;
          if (asked.answers.length !== asked.units.length) {
            throw new UserError({
              message:
                `Cannot ask for ${asked.units.length} answers in sentence ${sentence} of the ` +
                `${split} split of ${corpus}, ${language}: it has ${asked.answers.length}`,
              hint: "take mlm.tokenize for raw text, which has no tags",
            });
          }
          const gold = asked.answers.map((answer) => {
            const index = indexOf.get(answer);
            if (index !== undefined) return index;
            throw new UserError({
              message:
                `Cannot use the answer "${answer}" of sentence ${sentence} in the ${split} ` +
                `split of ${corpus}, ${language}: it is none of ${labels.join(", ")}`,
              hint: "name every answer of the corpus in the stage's params",
            });
          });
          return {
            corpus,
            language,
            split,
            sentence,
            variant,
            ...asked,
            ...task.encode(tokenizer, { ...row, ...asked }, gold, {
              maxTokens: params.maxTokens,
              labelled: split === "train" ? labelled : "first",
              tokenTypes,
            }),
          };
        };
        const own = rows.map((row) => encode(row, 0));
        const others = split === "train" ? task.variants?.(rows, params) ?? [] : [];
        await writeTable(examplesTable, output(`${split}.parquet`), [
          ...own,
          ...others.flatMap((variant, i) => variant.map((row) => encode(row, i + 1))),
        ]);
        const note = task.note?.(split, rows, params) ?? "";
        log(
          `${split}: ${summary(own, task.asks, params.maxTokens)}${note === "" ? "" : `; ${note}`}`,
        );
      }
      const format: ExampleFormat = {
        tokenizer: source,
        vocabSize: tokenizer.vocabSize,
        padId: tokenizer.padId,
        ...tokenizer.maskId === undefined ? {} : { maskId: tokenizer.maskId },
        maxTokens: params.maxTokens,
        asks: task.asks,
        labels: [...labels],
        ...task.scheme === undefined ? {} : { scheme: task.scheme },
        labelledPieces: labelled,
        tokenTypes,
      };
      await Deno.writeTextFile(output("encoding.json"), JSON.stringify(format, null, 2) + "\n");
    },
  });
}

/**
 * Whether a tokenizer's template has token types.
 *
 * @throws {UserError} when it has no template for two sentences
 */
function hasTypes(tokenizer: WordTokenizer): boolean {
  try {
    return tokenizer.encodePair(["a"], ["b"], 64).typeIds.some((type) => type > 0);
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    throw new UserError({
      message: cause.message,
      hint: "take a tokenizer whose tokenizer.json has a template for pairs",
      param: ["tokenizer"],
    }, { cause });
  }
}

function summary(
  rows: readonly EncodedExample[],
  asks: typeof askedUnits[number],
  maxTokens: number,
): string {
  const sum = (of: (row: EncodedExample) => number | undefined) =>
    rows.reduce((sum, row) => sum + (of(row) ?? 0), 0);
  const [lost, empty] = [sum((row) => row.lostWords), sum((row) => row.emptyWords)];
  const ofTexts = [0, 1].map((text) => sum(({ lostOfTexts }) => lostOfTexts?.[text]));
  const beyond = ofTexts.some((count) => count > 0)
    ? `${ofTexts[0]} words of first texts and ${ofTexts[1]} of second ones`
    : `${lost} words`;
  return `${rows.length} sentences` +
    (lost > 0
      ? `, ${beyond} beyond ${maxTokens} pieces ${
        asks === "words" ? "count as not answered" : "are cut off"
      }`
      : "") +
    (empty > 0 ? `, ${empty} words that give no piece are read as unknown` : "");
}
