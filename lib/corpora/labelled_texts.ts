/**
 * Labelled texts and pairs of them, row by row, whatever the format of their file.
 *
 * @module
 */
import { type Problem, UserError } from "../core/errors.ts";
import { suggest } from "../core/suggest.ts";
import { sameLabel } from "./label_spelling.ts";
import { type Oddity, OddityLog } from "./oddity_log.ts";
import { noteText } from "./words.ts";

/** A text, or a pair of texts, and its label. */
export interface LabelledText {
  readonly text: string;
  readonly second: string | null;
  readonly label: string;
}

/** What a reader makes of one split. */
export interface ReadTexts {
  readonly texts: LabelledText[];
  readonly oddities: Oddity[];
}

/** What the labels of a file stand for. */
export interface LabelOptions {
  /** The corpus's labels by what the file has in their place. */
  readonly labelMap?: readonly (readonly [written: string, label: string])[];
  /** Labels whose rows are left out, such as `-` where annotators did not agree. */
  readonly dropLabels?: readonly string[];
}

/** A row of a file, as it is written. */
export interface WrittenText {
  readonly text: string;
  readonly second: string | null;
  readonly label: string;
  /** Line or row in the file, from 1, for oddities. */
  readonly line: number;
  /** A problem at the row's place in the file. */
  at(message: string, hint?: string): Problem;
}

const problemsShown = 5;

/** Collects the rows of a file, and what is wrong with them. */
export class TextRows {
  readonly log = new OddityLog();
  readonly #texts: LabelledText[] = [];
  readonly #problems: Problem[] = [];
  readonly #labels: readonly string[];
  readonly #known: ReadonlyMap<string, string>;
  readonly #dropped: ReadonlySet<string>;
  #wrong = 0;

  /** @param labels of the corpus: any other, that the options do not name either, is an error */
  constructor(labels: readonly string[], { labelMap = [], dropLabels = [] }: LabelOptions) {
    this.#labels = labels;
    this.#known = new Map([...labels.map((label) => [label, label] as const), ...labelMap]);
    this.#dropped = new Set(dropLabels);
  }

  /** Takes a row, or notes what is wrong with its label. */
  add({ text, second, label: written, line, at }: WrittenText): void {
    if (this.#dropped.has(written)) {
      return this.log.note("noGoldLabel", "dropped", line, `${written}: ${text}`);
    }
    const label = this.#known.get(written);
    if (label === undefined) return this.refuse(() => this.#unknown(written, at));
    for (const each of second === null ? [text] : [text, second]) noteText(each, line, this.log);
    this.#texts.push({ text, second, label });
  }

  /** Notes a problem of a row; it is made for the first ones only. */
  refuse(problem: () => Problem): void {
    if (++this.#wrong <= problemsShown) this.#problems.push(problem());
  }

  /**
   * What was read.
   *
   * @param file the name that errors show
   * @throws {UserError} with the first problems
   */
  finish(file: string): ReadTexts {
    if (this.#wrong > problemsShown) {
      const message = `… and ${this.#wrong - problemsShown} more such lines in ${file}`;
      this.#problems.push({ message });
    }
    if (this.#problems.length > 0) throw new UserError(this.#problems);
    return { texts: this.#texts, oddities: this.log.oddities() };
  }

  #unknown(label: string, at: WrittenText["at"]): Problem {
    const same = [...this.#known.keys()].find((known) => sameLabel(known, label));
    if (same !== undefined) {
      return at(
        `Cannot use the label "${label}": this corpus spells it "${same}"`,
        "spell it once in the file, or say what it stands for in data/sources.yaml: options: " +
          `{ labelMap: { ${JSON.stringify(label)}: ${JSON.stringify(this.#known.get(same))} } }`,
      );
    }
    const message = `Cannot use the label "${label}": this corpus has ${this.#labels.join(", ")}`;
    return at(message, suggest(label.slice(0, 100), [...this.#known.keys()]));
  }
}
