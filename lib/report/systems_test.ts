import { strict as assert } from "node:assert";
import { rolesOf, valuesOf } from "./systems.ts";

const rows = ["en", "ru"].flatMap((source) =>
  [0, 1, 8].flatMap((h) =>
    ["de", "fr"].map((language) => ({
      source,
      h,
      head: h === 0 ? "plain" : "sliced",
      on: language,
      rate: "0.001",
      language,
    }))
  )
);
const axes = ["head", "h", "on", "rate", "source"];

Deno.test("what is compared has the colours; what follows from others has no role", () => {
  assert.deepEqual(rolesOf(rows, axes, ["language"], ["h", "head"]), {
    series: "h",
    choices: ["source"],
  });
  assert.deepEqual(rolesOf(rows, axes, ["language"], ["source"]), {
    series: "source",
    choices: ["h"],
  });
});

Deno.test("where nothing is compared, a method has the colours before the data", () => {
  assert.equal(rolesOf(rows, axes, ["language"], []).series, "h");
});

Deno.test("one system has no roles; more systems than colours are chosen", () => {
  assert.deepEqual(rolesOf(rows.slice(0, 1), axes, ["language"], []), {
    series: undefined,
    choices: [],
  });
  const many = Array.from({ length: 9 }, (_, i) => ({ source: `s${i}` }));
  assert.deepEqual(rolesOf(many, ["source"], [], []), { series: undefined, choices: ["source"] });
});

Deno.test("values are in the order of rows, and numbers ascend", () => {
  assert.deepEqual(valuesOf([{ h: 8 }, { h: 0 }, { h: 10 }], "h"), ["0", "8", "10"]);
  assert.deepEqual(valuesOf([{ h: "b" }, { h: null }, { h: "a" }], "h"), ["b", "none", "a"]);
});

Deno.test("an axis that names the target again, where it is there, leaves the colours to another", () => {
  const rows = ["de", "fr"].flatMap((language) => [
    { strategy: "all", on: language, source: null, language },
    { strategy: "each", on: null, source: language, language },
  ]);
  assert.deepEqual(rolesOf(rows, ["on", "source", "strategy"], ["language"], ["on", "strategy"]), {
    series: "strategy",
    choices: [],
  });
});
