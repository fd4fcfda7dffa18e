import { strict as assert } from "node:assert";
import { z } from "zod";
import { makePlan } from "./plan.ts";
import { defineStage, file } from "./stage.ts";

Deno.test("a kind reads once for equal params, however many instances have them", async () => {
  const asked: string[] = [];
  const stage = defineStage({
    kind: "look",
    about: "looks something up",
    params: z.object({ word: z.string() }),
    inputs: {},
    outputs: { "text.txt": file("nothing") },
    async reads({ word }) {
      asked.push(word);
      return await Promise.resolve({ facts: word.length, paths: [] });
    },
    async run() {},
  });
  const path = await Deno.makeTempFile({ suffix: ".yaml" });
  await Deno.writeTextFile(
    path,
    `name: p
stages:
  first: { use: look, matrix: { word: [ape, bee], n: [1, 2, 3] }, with: { word: $word } }
  again: { use: look, with: { word: ape } }
`,
  );
  const { plan } = await makePlan({ file: path }, {
    look: { module: import.meta.url, load: () => Promise.resolve(stage) },
  });
  await Deno.remove(path);
  assert.equal(plan.instances.length, 7);
  assert.deepEqual(asked, ["ape", "bee", "ape"]);
});
