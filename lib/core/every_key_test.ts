import { strict as assert } from "node:assert";
import { z } from "zod";
import { everyKey } from "./every_key.ts";

const names = ["constructor", "__proto__", "toString", "hasOwnProperty", "valueOf", "prototype"];
const given = (value: unknown) =>
  JSON.parse(`{${names.map((name) => `"${name}":${JSON.stringify(value)}`).join(",")}}`);

const record = everyKey(z.record(z.string().regex(/^[a-zA-Z_]+$/), z.int()));
const object = everyKey(z.object({ zip: z.string().optional() }).catchall(z.int()));
const strict = everyKey(z.strictObject({ known: z.int().optional() }));

Deno.test("every key is checked and kept, in its order", () => {
  for (const schema of [record, object, record.optional().meta({ about: "x" }), z.array(record)]) {
    const isList = schema instanceof z.ZodArray;
    const data = schema.parse(isList ? [given(1)] : given(1)) as object;
    const [found] = isList ? data as object[] : [data];
    assert.deepEqual(Object.entries(found), names.map((name) => [name, 1]));
    assert.equal(Object.getPrototypeOf(found), Object.prototype);
    const wrong = schema.safeParse(isList ? [given("x")] : given("x"));
    assert.deepEqual(wrong.error?.issues.map(({ path }) => path.at(-1)), names);
  }
});

Deno.test("a key that a name cannot be is refused like others of its kind", () => {
  const lettersFirst = everyKey(z.record(z.string().regex(/^[a-z]/), z.int()));
  const issues = (key: string) =>
    lettersFirst.safeParse(JSON.parse(`{"${key}":1}`)).error?.issues
      .map(({ code, path }) => [code, path.join()]);
  assert.deepEqual(issues("__proto__"), [["invalid_key", "__proto__"]]);
  assert.deepEqual(issues("__other__"), [["invalid_key", "__other__"]]);
  assert.deepEqual(issues("constructor"), undefined);
});

Deno.test("an unknown key of a strict object is named", () => {
  const [issue] = strict.safeParse(JSON.parse('{"known":1,"__proto__":2}')).error!.issues;
  assert.deepEqual(issue.code === "unrecognized_keys" && issue.keys, ["__proto__"]);
});

Deno.test("a name that is used as the stand-in is kept apart", () => {
  const text = '{"__proto___":1,"__proto__":2,"__proto____":3}';
  assert.equal(JSON.stringify(record.parse(JSON.parse(text))), text);
});

Deno.test("the JSON Schema is that of the schema", () => {
  const plain = z.record(z.string(), z.int());
  assert.deepEqual(z.toJSONSchema(everyKey(plain)), z.toJSONSchema(plain));
});
