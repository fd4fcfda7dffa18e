/**
 * A sentence with the right answers above its words, and wrong ones below.
 *
 * @module
 */
import { numberText } from "../figure.ts";
import { type Html, html } from "../html.ts";
import type { Row } from "../results.ts";

/** The most words of a sentence that are shown. */
const maxWords = 80;

/** Words that go together: a span, or a word by itself. */
interface Part {
  readonly words: string[];
  readonly gold: string;
  readonly predicted: string[];
}

/**
 * A sentence of the table `worst`. Words and names are other people's: they are escaped, and isolated.
 *
 * @param buckets what it is an example of, where there are buckets
 */
export function sentenceHtml(row: Row, buckets?: readonly string[]): Html {
  const [words, gold, predicted] = [row.words, row.gold, row.predicted] as string[][];
  const pairs = [...new Set(words.map((_, i) => `${gold[i]}→${predicted[i]}`))]
    .filter((pair) => pair.split("→")[0] !== pair.split("→")[1]);
  const parts = partsOf(words.slice(0, maxWords), gold, predicted);
  return html`
    <p class="sentence" dir="auto"
      data-pairs="${JSON.stringify(pairs)}"
      ${buckets && html`
        data-buckets="${JSON.stringify(buckets)}"
      `}><span class="about">${row.language} ${row
        .sentence}, ${typeof row.loss === "number" && html`
        loss ${numberText(row.loss, 1)},
      `}${row.wrong} wrong</span> ${parts.map(partHtml)}${words.length > maxWords && "…"}</p>
  `;
}

/** Spans of the right answer together; a wrong answer is never hidden in one. */
function partsOf(
  words: readonly string[],
  gold: readonly string[],
  predicted: readonly string[],
): Part[] {
  const parts: Part[] = [];
  let last: Part | undefined;
  words.forEach((word, i) => {
    const goesOn = last !== undefined && /^I-/.test(gold[i]) && last.gold === gold[i].slice(2);
    if (goesOn || last?.gold === "" && gold[i] === "O") {
      last!.words.push(word);
      last!.predicted.push(wrongOf(gold[i], predicted[i]));
      return;
    }
    last = {
      words: [word],
      gold: gold[i] === "O" ? "" : gold[i].replace(/^[BI]-/, ""),
      predicted: [wrongOf(gold[i], predicted[i])],
    };
    parts.push(last);
  });
  return parts;
}

function wrongOf(gold: string, predicted: string): string {
  return gold === predicted ? "" : predicted;
}

function partHtml({ words, gold, predicted }: Part): Html {
  const inner = words.map((word, i) =>
    predicted[i] === ""
      ? html`
        <bdi>${word}</bdi>
      `
      : html`
        <span class="miss"><bdi>${word}</bdi><sub>${predicted[i]}</sub></span>
      `
  );
  return gold === "" ? html`${inner}` : html`
    <span class="span"><sup>${gold}</sup>${inner}</span>
  `;
}
