/**
 * What the config.json of models from scratch share that label words.
 *
 * @module
 */
import { z } from "zod";
import { UserError } from "../core/errors.ts";

/** A width, a number of layers. */
export const size = z.int().positive();

/** A share of what is left out in training. */
export const dropoutRate = z.number().min(0).lt(1);

/** The names of the labels, by index. */
export const id2label = z.record(z.string(), z.string());

/** The names of the labels, in order. */
export function labelsOf(
  config: { readonly id2label: Readonly<Record<string, string>> },
): string[] {
  return Object.keys(config.id2label).map((_, i) => config.id2label[i]);
}

/**
 * Reads the shape that a config.json says.
 *
 * @param called the model, for errors
 * @param what names the file in errors
 * @throws {UserError} when it is not that of such a model
 */
export function parseShape<C>(
  schema: z.ZodType<C>,
  called: string,
  published: unknown,
  what: string,
): C {
  const { success, data, error } = schema.safeParse(published);
  if (success) return data;
  const [{ path, message }] = error.issues;
  throw new UserError({
    message: `Cannot read ${what} as ${called}: ${path.join(".")}: ${message}`,
    hint: "put back the config.json that came with the model",
  });
}
