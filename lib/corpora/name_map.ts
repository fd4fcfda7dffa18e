/**
 * Mappings whose keys are names that people choose: any name is an ordinary one, also
 * `constructor` and `__proto__`.
 *
 * @module
 */
import { z } from "zod";

/** A mapping from checked names to checked values, as a `Map`; empty where there is none. */
export function nameMap<V>(name: z.ZodType<string>, value: z.ZodType<V>) {
  return z.unknown().default(() => ({})).transform((given, context): ReadonlyMap<string, V> => {
    const map = new Map<string, V>();
    if (given === null || typeof given !== "object" || Array.isArray(given)) {
      context.addIssue({ code: "custom", message: "expected a mapping" });
      return z.NEVER;
    }
    for (const [key, item] of Object.entries(given)) {
      const [checkedKey, checkedItem] = [name.safeParse(key), value.safeParse(item)];
      for (const issue of [...checkedKey.error?.issues ?? [], ...checkedItem.error?.issues ?? []]) {
        context.issues.push({ ...issue, path: [key, ...issue.path], input: item });
      }
      if (checkedItem.success) map.set(key, checkedItem.data);
    }
    return map;
  });
}
