/**
 * Classified texts as text: with their class before them, and as JSON lines.
 *
 * @module
 */
import { UserError } from "../core/errors.ts";
import { harmlessJson, onOneLine, rounded, type TextOptions } from "./tagged_text.ts";
import type { ClassifiedText } from "./text_classifier.ts";

/** A line with the class of a text before it: `[positive] What a day!`. */
export function classLine(
  { text, classes: [{ label }] }: ClassifiedText,
  { paint = (text) => text, show = (text) => text }: TextOptions,
): string {
  return `${paint(`[${show(label)}]`, label)} ${show(onOneLine(text))}\n`;
}

/** A text as one line of JSON, with all its classes, the likeliest first. */
export function classJson({ document, id, language, text, classes, lostWords }: ClassifiedText) {
  return harmlessJson({
    document,
    id,
    language,
    text,
    label: classes[0].label,
    probability: rounded(classes[0].probability),
    classes: classes.map(({ label, probability, entailment }) => ({
      label,
      probability: rounded(probability),
      entailment: entailment === undefined ? undefined : rounded(entailment),
    })),
    lostWords: lostWords > 0 ? lostWords : undefined,
  });
}

/** @throws {UserError} always: CoNLL is about words */
export function classConll(): never {
  throw new UserError({
    message: "Cannot write the classes of texts as CoNLL, which is about words",
    hint: "take --to tags, json or parquet",
  });
}
