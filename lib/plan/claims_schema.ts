/**
 * The form of claims and of published numbers in a pipeline file.
 *
 * @module
 */
import { z } from "zod";
import { everyKey } from "../core/every_key.ts";
import { isCondition } from "./condition.ts";

const condition = z.string().refine(isCondition, {
  error:
    "expected comparisons of effect, low or high with numbers, such as low > 0 and high < 5, or " +
    "high < -1 or low > 1",
});

const id = z.string().regex(/^[A-Za-z][A-Za-z0-9_-]*$/, {
  error: "expected letters, digits, - and _, and a letter first",
}).max(100, { error: "expected at most 100 characters" });

const sentence = z.string().min(1, { error: "expected a sentence" });

/** A claim of a source. */
export const claimSchema = z.strictObject({
  id: id.meta({ description: "The claim's name, once in the file." }),
  says: sentence.meta({ description: "What the source says, in our words." }),
  source: sentence.meta({ description: "The source, and the place in it: Table 3, Section 5.1." }),
  query: sentence.meta({
    description: "SQL over the tables of this pipeline, whose answer is one row with the columns " +
      "effect, low and high: what is claimed to be positive, with its interval.",
  }),
  confirmed: condition.default("low > 0").meta({
    description: "When the claim is confirmed: comparisons of effect, low and high with numbers, " +
      "joined by and, or by or.",
  }),
  refuted: condition.default("high < 0").meta({
    description: "When it is refuted. Where neither holds, it is undecided.",
  }),
});

/** Published numbers of one place. */
export const expectedSchema = z.strictObject({
  id: id.meta({ description: "The name of these numbers, once in the file." }),
  source: sentence.meta({ description: "Where they were published, and the place in it." }),
  measured: z.boolean().default(true).meta({
    description: "false where the source claims them without having measured.",
  }),
  metric: z.string().default("f1").meta({ description: "Of which score." }),
  of: z.string().default("micro").meta({ description: "And of what: a class, micro or macro." }),
  model: z.string().optional().meta({ description: "Of which model, as the table scores has it." }),
  axes: everyKey(z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]))).optional()
    .meta({ description: "What else they are of, such as { source: eng, head: sliced }." }),
  values: everyKey(z.record(z.string(), z.number())).optional().meta({
    description: "Language → number, % where it is a score.",
  }),
  value: z.number().optional().meta({ description: "The number over all languages." }),
}).refine(({ values, value }) => value !== undefined || Object.keys(values ?? {}).length > 0, {
  error: "expected numbers: values: {swa: 79.0, …}, or value: 66.7",
});

/** Claims, each with an id of its own. */
export const claimsSchema = z.array(claimSchema).superRefine(distinctIds);

/** Groups of published numbers, each with an id of its own. */
export const expectedsSchema = z.array(expectedSchema).superRefine(distinctIds);

/** A claim, with its defaults. */
export type Claim = z.output<typeof claimSchema>;

/** Published numbers, with their defaults. */
export type Expected = z.output<typeof expectedSchema>;

function distinctIds(
  given: readonly { readonly id: string }[],
  context: z.RefinementCtx<unknown>,
): void {
  const known = new Set<string>();
  given.forEach(({ id }, i) => {
    if (known.has(id)) {
      context.addIssue({
        code: "custom",
        path: [i, "id"],
        message: `expected a name that is there once: "${id}" is there before`,
      });
    }
    known.add(id);
  });
}
