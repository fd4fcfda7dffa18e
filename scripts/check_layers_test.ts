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
  ["a stage by another stage", [module("stages/a.ts", "stages/b.ts")], [
    "stages/a.ts:3: only stages/mod.ts may import the stage stages/b.ts",
  ]],
  ["a stage by its registry", [module("stages/mod.ts", "stages/b.ts")], []],
  ["a stage by the command line", [module("cli/run.ts", "stages/b.ts")], [
    "cli/run.ts:3: only stages/mod.ts may import the stage stages/b.ts",
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
