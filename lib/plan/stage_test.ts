import { strict as assert } from "node:assert";
import { z } from "zod";
import { defineStage, modulesOf, type StageKind } from "./stage.ts";

const kind = {
  kind: "k",
  about: "a kind",
  params: z.object({ epochs: z.int(), saveMinutes: z.number().default(5) }),
  inputs: {},
  outputs: {},
  run: () => Promise.resolve(),
};

Deno.test("operational params are params of the kind", () => {
  const stage: StageKind = defineStage({ ...kind, operational: ["saveMinutes"] });
  assert.deepEqual(stage.operational, ["saveMinutes"]);
  // @ts-expect-error: there is no such param
  defineStage({ ...kind, operational: ["saveMinute"] });
});

Deno.test("words stay where stages are only declared", () => {
  assert.equal(defineStage(kind).about, "a kind");
});

Deno.test("code starts from the stage's module, and from its device's where there are such", () => {
  const load = () => Promise.resolve(kind);
  assert.deepEqual(modulesOf({ module: "a", load }, "cuda"), ["a"]);
  const devices = { cpu: "b", webgpu: "c", cuda: "d" };
  assert.deepEqual(modulesOf({ module: "a", devices, load }, "webgpu"), ["a", "c"]);
});
