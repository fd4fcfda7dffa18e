/**
 * One spelling for every JSON value, so that equal values have equal digests (after RFC 8785).
 *
 * @module
 */

/** A value that JSON can hold. */
export type Json = null | boolean | number | string | readonly Json[] | {
  readonly [key: string]: Json | undefined;
};

/** Orders strings by code unit, whatever the locale. */
export function compareStrings(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/**
 * JSON with sorted keys and no white space. Keys whose value is `undefined` are left out.
 *
 * @throws {TypeError} for a number that is not finite
 *
 * @example
 * ```ts
 * canonicalJson({ b: 1, a: [true, null] }); // {"a":[true,null],"b":1}
 * ```
 */
export function canonicalJson(value: Json): string {
  if (value === null || typeof value === "boolean" || typeof value === "string") {
    return JSON.stringify(value);
  }
  if (typeof value === "number") {
    if (!Number.isFinite(value)) throw new TypeError(`Cannot write ${value} as JSON`);
    return JSON.stringify(value);
  }
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(",")}]`;
  const object = value as Readonly<Record<string, Json | undefined>>;
  let members = "";
  for (const key of Object.keys(object).sort(compareStrings)) {
    const item = object[key];
    if (item === undefined) continue;
    members += `${members === "" ? "" : ","}${JSON.stringify(key)}:${canonicalJson(item)}`;
  }
  return `{${members}}`;
}
