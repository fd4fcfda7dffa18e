/**
 * Small corpora of every task, made of the sample's grammars.
 *
 * @module
 */
import { generateSample, sampleLanguages } from "../../lib/corpora/sample.ts";
import type { InputInstance } from "../../lib/plan/stage.ts";
import { writeTable } from "../../lib/table/parquet_tables.ts";
import type { TableSchema } from "../../lib/table/schema.ts";
import { sentencesTable } from "../../lib/table/schemas/sentences.ts";
import { textsTable } from "../../lib/table/schemas/texts.ts";

/** The tasks that a model can be trained for. */
export const tasks = ["ner", "pos", "classify", "mlm", "entail"] as const;

/** One of {@linkcode tasks}. */
export type Task = typeof tasks[number];

/** The classes of the sample's texts. */
export const textClasses = ["number", "speech", "plain"];

/** Sentences of a split. */
const sizes = { train: 120, validation: 24, test: 200 } as const;

type Split = keyof typeof sizes;

interface Sentence {
  readonly tokens: readonly string[];
  readonly tags: readonly string[];
}

const utf8 = new TextEncoder();

/**
 * Writes the three splits of a task's corpus.
 *
 * @param folder is made if it is not there
 * @param longest greatest number of UTF-8 bytes of a tagged sentence; texts may be longer
 */
export async function writeCorpus(
  task: Task,
  folder: string,
  longest: number,
): Promise<InputInstance> {
  await Deno.mkdir(folder, { recursive: true });
  const isOfTexts = task === "classify" || task === "entail";
  const pools = await sentencePools(isOfTexts ? ["eng"] : sampleLanguages);
  const files: Record<string, string> = {};
  for (const split of Object.keys(sizes) as Split[]) {
    const sentences = pools[split]
      .filter(({ tokens }) => isOfTexts || utf8.encode(tokens.join(" ")).length <= longest)
      .slice(0, sizes[split]);
    const path = files[`${split}.parquet`] = `${folder}/${split}.parquet`;
    await writeRows(isOfTexts ? textsTable : sentencesTable, path, split, (at) => {
      const sentence = sentences[at];
      return sentence &&
        (task === "entail"
          ? paired(sentence, at)
          : isOfTexts
          ? classified(sentence)
          : tagged(task, sentence));
    });
  }
  return { instance: `${task} corpus`, axes: {}, files };
}

/** Sentences of several languages in turns. Those of the test split are drawn as validation's are. */
async function sentencePools(
  languages: readonly string[],
): Promise<Record<Split, readonly Sentence[]>> {
  const drawn = await Promise.all(languages.map(async (language) => {
    const grammar = new URL(`../../data/sample/${language}.yaml`, import.meta.url);
    return generateSample(await Deno.readTextFile(grammar), language);
  }));
  const inTurns = (split: Split) =>
    Array.from(
      { length: Math.max(...drawn.map((each) => each[split].length)) },
      (_, i) => drawn.flatMap((each) => each[split][i] ?? []),
    ).flat();
  const [train, validation, test] = [inTurns("train"), inTurns("validation"), inTurns("test")];
  return { train, validation, test: [...test, ...validation] };
}

async function writeRows<S extends TableSchema>(
  schema: S,
  path: string,
  split: Split,
  rowAt: (at: number) => Record<string, unknown> | undefined,
): Promise<void> {
  const rows: Record<string, unknown>[] = [];
  for (let row = rowAt(0); row; row = rowAt(rows.length)) {
    rows.push({ corpus: "sample", language: "mixed", split, sentence: rows.length, ...row });
  }
  await writeTable(schema, path, rows as never);
}

/** Entities as they are; in place of parts of speech, what the shape of a word says. */
function tagged(task: Task, { tokens, tags }: Sentence) {
  if (task !== "pos") return { tokens, tags };
  return { tokens, tags: tokens.map((token, i) => shapeTag(token, tags[i])) };
}

function shapeTag(token: string, tag: string): string {
  if (tag !== "O") return "PROPN";
  if (/^\p{P}+$/u.test(token)) return "PUNCT";
  if (/\d/.test(token)) return "NUM";
  return token.length <= 3 ? "ADP" : token.length % 2 === 0 ? "NOUN" : "VERB";
}

/** A text whose class a digit or a quotation mark decides. */
function classified({ tokens }: Sentence) {
  const text = tokens.join(" ");
  return {
    text,
    second: null,
    label: /\d/.test(text) ? "number" : text.includes('"') ? "speech" : "plain",
  };
}

/** The classes of the sample's pairs. */
export const pairClasses = ["entailment", "neutral", "contradiction"];

/** A text and half of it, whose class the words before that half decide. */
function paired({ tokens }: Sentence, at: number) {
  const half = tokens.slice(0, Math.ceil(tokens.length / 2)).join(" ");
  const second = [half, `perhaps , ${half}`, `no , not ${half}`][at % 3];
  return { text: tokens.join(" "), second, label: pairClasses[at % 3] };
}
