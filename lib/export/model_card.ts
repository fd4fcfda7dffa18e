/**
 * The card of a model: a README.md whose front matter the Hugging Face hub reads.
 *
 * @module
 */
import { showControls } from "../core/controls.ts";

/** A score of a model on a test set, as its table has it. */
export interface CardScore {
  readonly corpus: string;
  readonly language: string;
  readonly split: string;
  readonly metric: string;
  readonly of: string;
  /** In the metric's unit, mostly %. */
  readonly value: number;
  readonly support: number;
}

/** What is known of a model. */
export interface ModelFacts {
  /** The instance that trained it. */
  readonly instance: string;
  readonly pipeline: string;
  readonly profile: string;
  readonly kind: string;
  /** Of config.json, such as XLMRobertaForTokenClassification; undefined for others. */
  readonly architecture?: string;
  /** The published encoder that it started from: its name here, and its place on the hub. */
  readonly base?: { readonly name: string; readonly repository: string };
  /** Languages of the texts that it was trained on, each with its corpus. */
  readonly trainedOn: readonly { readonly corpus: string; readonly language: string }[];
  /** Corpora with their licences. */
  readonly corpora: readonly {
    readonly name: string;
    readonly title: string;
    readonly licence: string;
  }[];
  readonly params: readonly (readonly [name: string, value: string])[];
  readonly scores: readonly CardScore[];
}

const tasks: readonly (readonly [suffix: string, task: string, name: string])[] = [
  ["ForTokenClassification", "token-classification", "Token classification"],
  ["ForSequenceClassification", "text-classification", "Text classification"],
  ["ForMaskedLM", "fill-mask", "Masked words"],
];

/** The most scores in a table of a card; its front matter has all averages. */
const mostRows = 400;

/** The text of a model's README.md. */
export function modelCard(facts: ModelFacts): string {
  const { instance, pipeline, profile, kind, architecture, base, trainedOn, corpora } = facts;
  const [, task, taskName] = tasks.find(([suffix]) => architecture?.endsWith(suffix)) ??
    [undefined, undefined, undefined];
  const averages = facts.scores.filter(({ of, value }) =>
    (of === "micro" || of === "macro") && Number.isFinite(value)
  );
  const front: [string, unknown][] = [
    ["language", distinct(trainedOn.map(({ language }) => language))],
    ["library_name", task ? "transformers" : undefined],
    ["pipeline_tag", task],
    ["base_model", base?.repository],
    ["license", "other"],
    ["license_name", "see-corpora"],
    ["license_link", "README.md"],
    ["tags", ["crosstie", kind]],
    [
      "model-index",
      averages.length === 0 ? undefined : [{
        name: instance,
        results: [...Map.groupBy(averages, testSet).values()].map((scores) => ({
          task: { type: task ?? "other", name: taskName ?? kind },
          dataset: {
            name: `${scores[0].corpus}, ${scores[0].language}`,
            type: scores[0].corpus,
            config: scores[0].language,
            split: scores[0].split,
          },
          metrics: scores.map(({ metric, of, value }) => ({
            type: metric,
            name: `${of} ${metric}`,
            value,
          })),
        })),
      }],
    ],
  ];
  const rows = facts.scores.slice(0, mostRows).map((score) =>
    `| ${plainText(score.corpus)} | ${plainText(score.language)} | ${plainText(score.split)} | ` +
    `${plainText(score.of)} ${plainText(score.metric)} | ${shown(score.value)} | ${score.support} |`
  );
  const left = facts.scores.length - rows.length;
  return [
    "---",
    // JSON is YAML: no name of a stranger can end a value.
    ...front.filter(([, value]) => !isNothing(value)).map(([name, value]) =>
      `${name}: ${JSON.stringify(value)}`
    ),
    "---",
    "",
    `# ${plainText(instance)}`,
    "",
    `A model of the pipeline ${plainText(pipeline)}, profile ${
      plainText(profile)
    }, made by a stage of kind ` +
    `${plainText(kind)}` +
    (base
      ? `, from ${plainText(base.name)}`
      : ", from random weights, or from another stage's model") +
    ".",
    "",
    "## Use",
    "",
    "```sh",
    "deno task predict PATH/TO/THIS/FOLDER texts.txt",
    "```",
    "",
    ...task
      ? [
        "```python",
        "from transformers import AutoTokenizer, AutoModelFor" +
        `${architecture!.split("For")[1]}`,
        `model = AutoModelFor${
          architecture!.split("For")[1]
        }.from_pretrained("PATH/TO/THIS/FOLDER")`,
        'tokenizer = AutoTokenizer.from_pretrained("PATH/TO/THIS/FOLDER")',
        "```",
        "",
      ]
      : ["Its architecture is none of transformers'.", ""],
    "## Trained on",
    "",
    ...trainedOn.map(({ corpus, language }) => `- ${plainText(language)} of ${plainText(corpus)}`),
    "",
    ...corpora.map(({ name, title, licence }) =>
      `${plainText(name)}: ${plainText(title)}. Licence: ${plainText(licence)}.  `
    ),
    "",
    "## Scores",
    "",
    ...rows.length === 0 ? ["None were computed."] : [
      "| corpus | language | split | score | value | support |",
      "| --- | --- | --- | --- | --: | --: |",
      ...rows,
      ...left > 0 ? ["", `${left} more are in the table scores.`] : [],
      "",
      "Scores are in %; loss is in nats, perplexity is e to it, lost is a count.",
    ],
    "",
    "## Params",
    "",
    ...facts.params.map(([name, value]) => `- ${plainText(name)}: ${plainText(value)}`),
    "",
  ].join("\n");
}

function testSet({ corpus, language, split }: CardScore): string {
  return JSON.stringify([corpus, language, split]);
}

function isNothing(value: unknown): boolean {
  return value === undefined || Array.isArray(value) && value.length === 0;
}

function distinct(values: readonly string[]): string[] {
  return [...new Set(values)].sort();
}

function shown(value: number): string {
  return Number.isFinite(value) ? String(Number(value.toFixed(2))) : "–";
}

/** A text of a stranger on one line of Markdown, in which no sign means anything. */
export function plainText(value: string): string {
  return showControls(value.replace(/\s+/g, " ")).replace(
    /[\\`*_{}[\]<>#|~!$&]/g,
    (sign) => `\\${sign}`,
  );
}
