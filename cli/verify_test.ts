import { strict as assert } from "node:assert";
import { damageText } from "./verify.ts";

Deno.test("a damaged file is told once, however many results have it", () => {
  const path = "/store/objects/ab/abc";
  const of = (instance: string) => ({ path, instance, output: "scores.parquet" });
  assert.equal(
    damageText([{ kind: "corrupt", ...of("a") }], "/store"),
    "a scores.parquet: objects/ab/abc is not what its name says",
  );
  assert.equal(
    damageText([
      { kind: "corrupt", ...of("a"), healed: "setAside" },
      { kind: "missing", ...of("b"), healed: "setAside" },
      { kind: "missing", ...of("c"), healed: "setAside" },
    ], "/store"),
    "a scores.parquet and 2 other results: objects/ab/abc is not what its name says; " +
      "set aside: the next run makes it again",
  );
});
