/**
 * The post-processor of a `tokenizer.json`: where the special pieces stand around one sentence or
 * two.
 *
 * @module
 */
import { z } from "zod";
import { UserError } from "../core/errors.ts";
import { everyKey } from "../core/every_key.ts";

/** A special piece, or the place of a sentence; either with its token type. */
export type TemplatePart =
  | { readonly id: number; readonly type: number }
  | { readonly sentence: "A" | "B"; readonly type: number };

/** What is put around a sentence, and around two. */
export interface Templates {
  /** Special pieces before a sentence. */
  readonly before: readonly number[];
  /** Special pieces after it. */
  readonly after: readonly number[];
  /** Empty where the file says nothing of pairs. */
  readonly pair: readonly TemplatePart[];
}

const pieceAndId = z.tuple([z.string(), z.int().nonnegative()]);
const typeId = z.int().nonnegative().default(0);
const template = z.array(z.union([
  z.object({ SpecialToken: z.object({ id: z.string(), type_id: typeId }) }),
  z.object({ Sequence: z.object({ id: z.enum(["A", "B"]), type_id: typeId }) }),
]));

const single = z.discriminatedUnion("type", [
  z.looseObject({
    type: z.literal("TemplateProcessing"),
    single: template,
    pair: template,
    special_tokens: everyKey(
      z.record(z.string(), z.object({ ids: z.array(z.int().nonnegative()) })),
    ),
  }),
  z.looseObject({
    type: z.enum(["BertProcessing", "RobertaProcessing"]),
    sep: pieceAndId,
    cls: pieceAndId,
  }),
  z.looseObject({ type: z.literal("ByteLevel") }),
]);

/** The schema of a post-processor. */
export const postProcessorSchema = z.discriminatedUnion("type", [
  ...single.options,
  z.looseObject({ type: z.literal("Sequence"), processors: z.array(single) }),
]);

/** The content of a post-processor. */
export type PostProcessor = z.output<typeof postProcessorSchema>;

const [A, B] = (["A", "B"] as const).map((sentence) => ({ sentence, type: 0 }));
const secondB = { ...B, type: 1 };

/**
 * The templates that a post-processor stands for.
 *
 * @param file the name that errors show
 * @throws {UserError} for a template that names an unknown token, or two that both add tokens
 */
export function templatesOf(processor: PostProcessor | null, file: string): Templates {
  switch (processor?.type) {
    case "TemplateProcessing": {
      const { single, pair, special_tokens } = processor;
      const parts = (template: typeof single): TemplatePart[] =>
        template.flatMap((part): TemplatePart[] => {
          if ("Sequence" in part) {
            return [{ sentence: part.Sequence.id, type: part.Sequence.type_id }];
          }
          const { id, type_id } = part.SpecialToken;
          if (Object.hasOwn(special_tokens, id)) {
            return special_tokens[id].ids.map((id) => ({ id, type: type_id }));
          }
          throw new UserError(`Cannot use ${file}: its template names the unknown token "${id}"`);
        });
      for (const [name, sentences] of [["single", "A"], ["pair", "AB"]] as const) {
        const found = processor[name].flatMap((part) =>
          "Sequence" in part ? [part.Sequence.id] : []
        );
        if (found.toSorted().join("") === sentences || (name === "pair" && found.length === 0)) {
          continue;
        }
        throw new UserError(
          `Cannot use ${file}: its template "${name}" must have each sentence of ` +
            `${[...sentences].join(" and ")} once: got ${found.join(", ") || "none"}`,
        );
      }
      const around = parts(single);
      const at = around.findIndex((part) => "sentence" in part);
      const ids = (some: TemplatePart[]) => some.flatMap((part) => "id" in part ? [part.id] : []);
      return { before: ids(around.slice(0, at)), after: ids(around.slice(at)), pair: parts(pair) };
    }
    case "BertProcessing":
    case "RobertaProcessing": {
      const [before, after] = [processor.cls[1], processor.sep[1]];
      const [cls, sep] = [before, after].map((id) => ({ id, type: 0 }));
      const pair = processor.type === "BertProcessing"
        ? [cls, A, sep, secondB, { ...sep, type: 1 }]
        : [cls, A, sep, sep, B, sep];
      return { before: [before], after: [after], pair };
    }
    case "Sequence": {
      const adding = processor.processors.filter(({ type }) => type !== "ByteLevel");
      if (adding.length < 2) return templatesOf(adding[0] ?? null, file);
      throw new UserError(
        `Cannot use ${file}: one post-processor may add special tokens: got ` +
          adding.map(({ type }) => type).join(" and "),
      );
    }
    default:
      return { before: [], after: [], pair: [A, secondB] };
  }
}
