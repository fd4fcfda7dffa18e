import { strict as assert } from "node:assert";
import { canonicalJson, compareStrings, type Json } from "./canonical_json.ts";
import { CounterRandom } from "./random.ts";

const spellings: [value: Json, text: string][] = [
  [null, "null"],
  [{ b: 1, a: [true, null], c: undefined }, '{"a":[true,null],"b":1}'],
  [{ "10": 1, "9": 2, a: 3, Z: 4, é: 5 }, '{"10":1,"9":2,"Z":4,"a":3,"é":5}'],
  ['quote " and line\n', '"quote \\" and line\\n"'],
  [[1e21, -0, 0.1, 1.0], "[1e+21,0,0.1,1]"],
  [
    JSON.parse('{"toString":1,"__proto__":{"b":1,"a":2}}'),
    '{"__proto__":{"a":2,"b":1},"toString":1}',
  ],
  [{ nested: { y: [], x: {} } }, '{"nested":{"x":{},"y":[]}}'],
];

for (const [value, text] of spellings) {
  Deno.test(`the canonical spelling is ${text}`, () => assert.equal(canonicalJson(value), text));
}

Deno.test("the order of keys does not matter, and the value comes back", () => {
  const random = new CounterRandom("canonical");
  const entries = Array.from({ length: 40 }, (_, i): [string, Json] => [`k${i}`, [i, { i }]]);
  const expected = canonicalJson(Object.fromEntries(entries));
  for (let round = 0; round < 10; round++) {
    const shuffled = Object.fromEntries(random.shuffle(entries));
    assert.equal(canonicalJson(shuffled), expected);
  }
  assert.deepEqual(JSON.parse(expected), Object.fromEntries(entries));
});

Deno.test("numbers that JSON does not have are refused", () => {
  for (const value of [NaN, Infinity, -Infinity]) {
    assert.throws(() => canonicalJson([value]), {
      name: "TypeError",
      message: `Cannot write ${value} as JSON`,
    });
  }
});

Deno.test("strings are ordered by code unit, whatever the locale", () => {
  assert.deepEqual(["ä", "z", "Z", "a", ""].sort(compareStrings), ["", "Z", "a", "z", "ä"]);
  assert.equal(compareStrings("a", "a"), 0);
});
