import { strict as assert } from "node:assert";
import { z } from "zod";
import { declarations } from "../code/blank_words.ts";
import { forgetAllWords } from "./unread_words.ts";

const secret = "words for people";

/** A value with the secret at the end of a way. */
function withSecret(way: readonly string[]): unknown {
  const [key, ...rest] = way;
  return key === undefined ? secret : { [key === "*" ? "any" : key]: withSecret(rest) };
}

/** Every text that a value leads to, also by what is not enumerable or inherited. */
function textsOf(value: unknown, seen = new Set<unknown>()): string[] {
  if (typeof value === "string") return [value];
  if (value === null || typeof value !== "object" || seen.has(value)) return [];
  seen.add(value);
  return [
    ...Reflect.ownKeys(value).flatMap((key) => textsOf(Reflect.get(value, key), seen)),
    ...textsOf(Object.getPrototypeOf(value), seen),
  ];
}

Deno.test("where stages run, nobody can read what their fingerprint leaves out", async () => {
  const early = z.string().describe(secret);
  assert.equal(early.description, secret);
  forgetAllWords();
  for (const [module, functions] of Object.entries(declarations)) {
    const declared = await import(`../../${module}`);
    for (const [name, ways] of Object.entries(functions)) {
      for (const way of ways) {
        const empty = { inputs: {}, outputs: {}, columns: {} };
        const whole = withSecret(way);
        const argument = name === "defineColumns" || way.length === 0
          ? whole
          : { ...empty, ...whole as object };
        const result = declared[name](argument);
        assert.ok(!textsOf(result).includes(secret), `${name} keeps ${way.join(".")}`);
        if (way.length > 0) assert.ok(!textsOf(argument).includes(secret), `${name} leaves ${way}`);
      }
    }
  }
  const schema = z.object({ a: z.array(z.string().describe(secret)).describe(secret) })
    .describe(secret);
  assert.equal(schema.description, undefined);
  assert.equal(schema.shape.a.meta()?.description, undefined);
  assert.ok(!JSON.stringify(z.toJSONSchema(schema)).includes(secret));
  assert.ok(!textsOf(z.globalRegistry.get(schema.shape.a.element)).includes(secret));
  assert.deepEqual(schema.parse({ a: ["b"] }), { a: ["b"] });
  assert.equal(z.string().meta({ title: "kept" }).meta()?.title, "kept");
});
