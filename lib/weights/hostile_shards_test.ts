/** Indexes of shards from strangers: refused, by what is wrong, before a shard is looked at. */
import { strict as assert } from "node:assert";
import { UserError } from "../core/errors.ts";
import { shardsOf } from "./published_files.ts";

const map = (weightMap: unknown) => JSON.stringify({ weight_map: weightMap });
const entries = (count: number, shard: (i: number) => unknown) =>
  Object.fromEntries(Array.from({ length: count }, (_, i) => [`t${i}`, shard(i)]));

const indexes: readonly (readonly [about: string, text: string, says: RegExp])[] = [
  ["501 shards", map(entries(501, (i) => `${i}.safetensors`)), /names 501 shards, more than 500/],
  ["100,000 shards", map(entries(100_000, (i) => `${i}`)), /names 100000 shards, more than 500/],
  ["17 MB", map({ ["x".repeat(17 * 2 ** 20)]: "one" }), /has \d+ bytes, more than 16777216/],
  ["a folder above", map({ a: "../one" }), /must be a file beside it: got "\.\.\/one"/],
  ["a folder above, alone", map({ a: ".." }), /must be a file beside it/],
  ["the folder itself", map({ a: "." }), /must be a file beside it/],
  ["a place from the root", map({ a: "/etc/passwd" }), /must be a file beside it/],
  ["a folder below", map({ a: "b/one" }), /must be a file beside it/],
  ["no name", map({ a: "" }), /must be a file beside it/],
  ["a NUL", map({ a: "one\0" }), /must be a file beside it/],
  ["a number", map({ a: 1 }), /must be a file beside it: got 1/],
  ["a list", map({ a: ["one"] }), /must be a file beside it/],
  ["nothing in place of a name", map({ a: null }), /must be a file beside it: got null/],
  ["nothing", "null", /"weight_map" must name/],
  ["a list in place of the map", map([]), /"weight_map" must name/],
  ["inheritance", '{"__proto__":{"weight_map":{"a":"one"}}}', /"weight_map" must name/],
  ["nested lists without end", map("x").replace('"x"', "[".repeat(9_000)), /200 deep|JSON/],
  ["half of it", '{"weight_map":', /as JSON/],
];

Deno.test("an index of shards that no model has is refused", async () => {
  const path = `${await Deno.makeTempDir()}/model.safetensors.index.json`;
  for (const [about, text, says] of indexes) {
    await Deno.writeTextFile(path, text);
    await assert.rejects(shardsOf(path), (error) => {
      assert.ok(error instanceof UserError, `${about}: ${error}`);
      assert.match(error.message, says, about);
      return true;
    }, about);
  }
  await Deno.remove(path.replace(/\/[^/]*$/, ""), { recursive: true });
});
