/**
 * HTML that cannot forget to escape: a template in which every value is a text, unless it is HTML
 * itself.
 *
 * @module
 */
import { showControls } from "../core/controls.ts";

/** A piece of a page. Only {@linkcode html} and {@linkcode trusted} make one. */
export class Html {
  /** @param text what stands in the page as it is */
  private constructor(readonly text: string) {}

  /** HTML of this project's own making. */
  static of(text: string): Html {
    return new Html(text);
  }
}

/** What a template takes: nothing is shown for null, undefined and false. */
export type HtmlValue = Html | string | number | boolean | null | undefined | readonly HtmlValue[];

/** A piece of a page: values are escaped, and their control characters shown, in text and "attributes". */
export function html(parts: TemplateStringsArray, ...values: readonly HtmlValue[]): Html {
  // The indentation of templates is for those who read them here.
  const plain = parts.map((part) => part.replace(/\s*\n\s*/g, "\n"));
  return Html.of(plain.map((part, i) => i === 0 ? part : textOf(values[i - 1]) + part).join(""));
}

/** A text as it stands in a page or between the quotes of an attribute. */
export function escapeHtml(text: string): string {
  return showControls(text)
    .replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;").replaceAll("'", "&#39;");
}

/** HTML of our own making, such as what draws charts has written. */
export function trusted(text: string): Html {
  return Html.of(text);
}

function textOf(value: HtmlValue): string {
  if (value === null || value === undefined || value === false) return "";
  if (value instanceof Html) return value.text;
  if (Array.isArray(value)) return value.map(textOf).join("");
  return escapeHtml(String(value));
}

/** A text of a corpus, whose direction is its own and stays inside. */
export function foreign(text: string): Html {
  return html`<bdi>${text}</bdi>`;
}
