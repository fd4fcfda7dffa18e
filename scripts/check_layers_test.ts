import { strict as assert } from "node:assert";
import { type Import, violations } from "./check_layers.ts";

const module = (from: string, to: string): Import => ({ from, line: 3, to, isPackage: false });
const npm = (from: string, to: string): Import => ({ from, line: 3, to, isPackage: true });

const cases: [about: string, imports: Import[], found: string[]][] = [
  ["down the list", [
    module("lib/table/x.ts", "lib/core/y.ts"),
    module("stages/a.ts", "lib/nn/b.ts"),
  ], []],
  ["within a folder", [module("lib/core/x.ts", "lib/core/y.ts")], []],
  ["up the list", [module("lib/core/x.ts", "lib/table/y.ts")], [
    "lib/core/x.ts:3: lib/core cannot import lib/table (lib/table/y.ts)",
  ]],
  ["a stage by another stage", [
    module("stages/mod.ts", "stages/b.ts"),
    module("stages/a.ts", "stages/b.ts"),
  ], ["stages/a.ts:3: only stages/mod.ts may import the stage stages/b.ts"]],
  ["a stage by another of its folder", [
    module("stages/mod.ts", "stages/ner/b.ts"),
    module("stages/ner/a.ts", "stages/ner/b.ts"),
  ], ["stages/ner/a.ts:3: only stages/mod.ts may import the stage stages/ner/b.ts"]],
  ["a helper by the stages of its folder", [
    module("stages/ner/a.ts", "stages/ner/gazetteer.ts"),
    module("stages/ner/tables/a.ts", "stages/ner/gazetteer.ts"),
  ], []],
  ["a helper by the stages of another folder", [
    module("stages/pos/a.ts", "stages/ner/gazetteer.ts"),
    module("stages/nerve/a.ts", "stages/ner/gazetteer.ts"),
    module("stages/a.ts", "stages/ner/gazetteer.ts"),
    module("stages/ner/a.ts", "stages/helper.ts"),
  ], [
    "stages/pos/a.ts:3: only stages of stages/ner may import stages/ner/gazetteer.ts",
    "stages/nerve/a.ts:3: only stages of stages/ner may import stages/ner/gazetteer.ts",
    "stages/a.ts:3: only stages of stages/ner may import stages/ner/gazetteer.ts",
    "stages/ner/a.ts:3: only stages of stages may import stages/helper.ts",
  ]],
  ["a stage by its registry", [module("stages/mod.ts", "stages/b.ts")], []],
  ["the registry by the command line", [module("cli/run.ts", "stages/mod.ts")], []],
  ["the registry by a stage", [module("stages/ner/a.ts", "stages/mod.ts")], [
    "stages/ner/a.ts:3: a stage cannot import the registry",
  ]],
  ["a stage by the command line", [module("cli/run.ts", "stages/b.ts")], [
    "cli/run.ts:3: only stages/mod.ts may import the stage stages/b.ts",
  ]],
  ["a device by a script", [module("scripts/x.ts", "lib/engine/cuda.ts")], []],
  ["a device by a stage, its factory or its registry", [
    module("stages/encoder/train.ts", "lib/engine/cpu.ts"),
    module("lib/experiment/train_stage.ts", "lib/engine/webgpu.ts"),
    module("lib/engine/device.ts", "lib/engine/cuda.ts"),
    module("stages/mod.ts", "lib/engine/cpu.ts"),
  ], [
    "stages/encoder/train.ts:3: a device is chosen when a stage runs: only scripts may import " +
    "lib/engine/cpu.ts",
    "lib/experiment/train_stage.ts:3: a device is chosen when a stage runs: only scripts may " +
    "import lib/engine/webgpu.ts",
    "lib/engine/device.ts:3: a device is chosen when a stage runs: only scripts may import " +
    "lib/engine/cuda.ts",
    "stages/mod.ts:3: a device is chosen when a stage runs: only scripts may import " +
    "lib/engine/cpu.ts",
  ]],
  ["a model by a task, and an experiment of all", [
    module("lib/tasks/x.ts", "lib/models/model.ts"),
    module("lib/experiment/x.ts", "lib/tasks/y.ts"),
    module("lib/experiment/x.ts", "lib/train/y.ts"),
    module("lib/train/x.ts", "lib/predict/y.ts"),
    module("lib/predict/x.ts", "lib/table/y.ts"),
    module("stages/ner/a.ts", "lib/experiment/y.ts"),
  ], []],
  ["a task by a model, and scores by a training", [
    module("lib/models/x.ts", "lib/tasks/y.ts"),
    module("lib/train/x.ts", "lib/table/y.ts"),
    module("lib/experiment/x.ts", "lib/metrics/y.ts"),
  ], [
    "lib/models/x.ts:3: lib/models cannot import lib/tasks (lib/tasks/y.ts)",
    "lib/train/x.ts:3: lib/train cannot import lib/table (lib/table/y.ts)",
    "lib/experiment/x.ts:3: lib/experiment cannot import lib/metrics (lib/metrics/y.ts)",
  ]],
  ["a package by its adapter", [npm("lib/core/yaml.ts", "yaml")], []],
  ["a package by another file", [npm("lib/corpora/x.ts", "yaml")], [
    'lib/corpora/x.ts:3: only lib/core/yaml.ts, lib/core/yaml_shape.ts may import package "yaml"',
  ]],
  ["an unknown package", [npm("lib/core/x.ts", "left-pad")], [
    'lib/core/x.ts:3: package "left-pad" has no adapter in scripts/check_layers.ts',
  ]],
  ["a cycle of folders", [
    module("lib/core/x.ts", "lib/table/y.ts"),
    module("lib/table/y.ts", "lib/core/x.ts"),
  ], [
    "lib/core/x.ts:3: lib/core cannot import lib/table (lib/table/y.ts)",
    "folders import in a cycle: lib/core → lib/table → lib/core",
  ]],
];

for (const [about, imports, found] of cases) {
  Deno.test(`layers: ${about}`, () => assert.deepEqual(violations(imports), found));
}
