/**
 * Schemas of mappings whose keys are anybody's names.
 *
 * @module
 */
import { z } from "zod";

/** The one key that zod leaves out of what it has checked, as objects treat it apart. */
const apart = "__proto__";

/**
 * The same schema for every key: `__proto__` is a name like others, checked and kept.
 *
 * @param schema a record, or an object with a catchall
 */
export function everyKey<S extends z.ZodRecord | z.ZodObject>(schema: S): S {
  const kind = schema instanceof z.ZodObject ? EveryKeyObject : EveryKeyRecord;
  return new kind(schema._zod.def as never) as unknown as S;
}

const EveryKeyRecord = z.core.$constructor<z.ZodRecord>("EveryKeyRecord", (schema, definition) => {
  z.ZodRecord.init(schema, definition);
  schema._zod.parse = checksEveryKey(schema._zod.parse);
});

const EveryKeyObject = z.core.$constructor<z.ZodObject>("EveryKeyObject", (schema, definition) => {
  z.ZodObject.init(schema, definition);
  schema._zod.parse = checksEveryKey(schema._zod.parse);
});

type Parse = z.core.$ZodType["_zod"]["parse"];

/** Has zod check the key under another name of its shape, at its place among the others. */
function checksEveryKey(parse: Parse): Parse {
  return (payload, context) => {
    const given = payload.value;
    if (typeof given !== "object" || given === null || !Object.hasOwn(given, apart)) {
      return parse(payload, context);
    }
    let other = "__proto";
    do other += "_"; while (Object.hasOwn(given, `${other}__`));
    const standIn = `${other}__`;
    payload.value = renamed(given, apart, standIn);
    const checked = parse(payload, context);
    if (checked instanceof Promise) throw new TypeError("Cannot check every key later");
    for (const issue of checked.issues) {
      const named = issue as { path?: PropertyKey[]; keys?: string[] };
      if (named.path?.[0] === standIn) named.path[0] = apart;
      named.keys = named.keys?.map((key) => key === standIn ? apart : key);
    }
    if (typeof checked.value === "object" && checked.value !== null) {
      checked.value = renamed(checked.value, standIn, apart);
    }
    return checked;
  };
}

/** A copy with a key renamed, in the same order. */
function renamed(object: object, from: string, to: string): object {
  return Object.fromEntries(
    Object.entries(object).map(([key, value]) => [key === from ? to : key, value]),
  );
}
