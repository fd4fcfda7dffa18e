import { strict as assert } from "node:assert";
import { LastMade } from "./last_made.ts";

Deno.test("what is made of a content is made once, until another content comes", async () => {
  const kept = new LastMade<string>();
  const made: string[] = [];
  const of = (digest: string | undefined, what = digest ?? "none") =>
    kept.of(digest, () => {
      made.push(what);
      return Promise.resolve(`${what} ${made.length}`);
    });
  assert.deepEqual(await Promise.all([of("a"), of("a")]), ["a 1", "a 1"]);
  assert.equal(await of("b"), "b 2");
  assert.equal(await of("b"), "b 2");
  assert.equal(await of("a"), "a 3");
  // Without a digest nobody can say that it is the same.
  assert.deepEqual([await of(undefined), await of(undefined)], ["none 4", "none 5"]);
  assert.equal(await of("a"), "a 3");
  assert.deepEqual(made, ["a", "b", "a", "none", "none"]);
});

Deno.test("what could not be made is tried anew", async () => {
  const kept = new LastMade<number>();
  const failing = () => Promise.reject(new Error("Cannot be made"));
  await assert.rejects(kept.of("a", failing), /Cannot be made/);
  assert.equal(await kept.of("a", () => Promise.resolve(7)), 7);
});
