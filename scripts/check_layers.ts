/**
 * Checks that imports point down only, that stages stand alone, and that every npm package has one
 * adapter.
 *
 * @module
 */
import { fileURLToPath } from "node:url";
import { dirname, relative } from "node:path";
import { topologicalOrder } from "../lib/core/graph.ts";

/** Folder → the folders that it may import. Its own is always allowed. */
const arrows: Readonly<Record<string, readonly string[]>> = {
  "lib/core": [],
  "lib/table": ["lib/core"],
  "lib/plan": ["lib/core", "lib/table"],
  "lib/store": ["lib/core", "lib/table", "lib/plan"],
  "lib/code": ["lib/core"],
  "lib/pipeline": ["lib/core", "lib/code", "lib/table", "lib/plan", "lib/store"],
  "lib/slurm": ["lib/core", "lib/plan", "lib/store", "lib/pipeline"],
  "lib/corpora": ["lib/core", "lib/table"],
  "lib/raw_text": ["lib/core", "lib/corpora"],
  "lib/tokenizers": ["lib/core"],
  "lib/metrics": ["lib/core"],
  "lib/statistics": ["lib/core"],
  "lib/onnx": ["lib/core"],
  "lib/autodiff": ["lib/core", "lib/onnx"],
  "lib/nn": ["lib/core", "lib/onnx", "lib/autodiff"],
  "lib/models": ["lib/core", "lib/tokenizers", "lib/onnx", "lib/autodiff", "lib/nn"],
  "lib/weights": ["lib/core", "lib/tokenizers", "lib/onnx", "lib/nn", "lib/models"],
  "lib/encoders": ["lib/core", "lib/corpora", "lib/models", "lib/weights"],
  "lib/engine": ["lib/core", "lib/onnx", "lib/autodiff", "lib/nn", "lib/models"],
  "lib/predict": ["lib/core", "lib/table", "lib/onnx", "lib/autodiff", "lib/models"],
  "lib/train": [
    "lib/core",
    "lib/onnx",
    "lib/autodiff",
    "lib/models",
    "lib/weights",
    "lib/engine",
    "lib/predict",
  ],
  "lib/tagging": [
    "lib/core",
    "lib/table",
    "lib/corpora",
    "lib/raw_text",
    "lib/tokenizers",
    "lib/tasks",
    "lib/onnx",
    "lib/autodiff",
    "lib/models",
    "lib/weights",
    "lib/predict",
  ],
  "lib/tasks": ["lib/core", "lib/tokenizers", "lib/models"],
  "lib/experiment": [
    "lib/core",
    "lib/plan",
    "lib/table",
    "lib/tokenizers",
    "lib/tasks",
    "lib/onnx",
    "lib/nn",
    "lib/models",
    "lib/weights",
    "lib/engine",
    "lib/predict",
    "lib/train",
  ],
  "lib/memory": [
    "lib/core",
    "lib/plan",
    "lib/tokenizers",
    "lib/models",
    "lib/weights",
    "lib/encoders",
    "lib/engine",
    "lib/experiment",
  ],
  "lib/report": ["lib/core", "lib/table", "lib/analysis"],
  "lib/export": ["lib/core", "lib/table", "lib/report"],
};
const library = [...Object.keys(arrows), "lib/analysis"];
const allArrows: Readonly<Record<string, readonly string[]>> = {
  ...arrows,
  "lib/analysis": library,
  stages: library,
  cli: [...library, "stages"],
  ".": ["cli"],
  scripts: [...library, "stages", "cli", "tests"], // pictures are taken by the browser of the tests
};

/** The registry of stages. It names a stage's devices by their URLs, and imports none. */
const registry = "stages/mod.ts";

/** Each device's engine, which is to be no part of the code of a stage that runs on another. */
const devices = ["lib/engine/cpu.ts", "lib/engine/webgpu.ts", "lib/engine/cuda.ts"];

/** Package → the files that may import it; a folder ends with a slash. */
const adapters: Readonly<Record<string, readonly string[]>> = {
  "onnxruntime-node": ["lib/onnx/session.ts"],
  "@duckdb/node-api": ["lib/table/duckdb.ts", "lib/table/row_stream.ts"],
  "string-width": ["lib/core/display_width.ts"],
  "yaml": ["lib/core/yaml.ts", "lib/core/yaml_shape.ts"],
  "esbuild": ["lib/code/"],
  "@babel/parser": ["lib/code/blank_words.ts"],
  "@commander-js/extra-typings": ["cli/"],
  "commander": ["cli/"],
  "@viz-js/viz": ["cli/graph_drawing.ts"],
  "@eslint-community/regexpp": ["lib/tokenizers/pattern_costs.ts"],
  "@huggingface/tokenizers": ["lib/tokenizers/exact_parts.ts", "lib/tokenizers/bounded_time.ts"],
  "protobufjs": ["lib/onnx/model_proto.ts"],
  "vega": ["lib/report/charts/draw.ts"],
  "vega-lite": ["lib/report/charts/draw.ts"],
  "wabt": ["lib/core/wat.ts"],
  "tar-stream": ["lib/corpora/"],
  "csv-parse": ["lib/corpora/", "lib/raw_text/"],
  "zod": ["lib/", "stages/"],
};

/** One import, with paths relative to the project. */
export interface Import {
  readonly from: string;
  /** 1-based. */
  readonly line: number;
  /** A path of the project, or a package's name. */
  readonly to: string;
  readonly isPackage: boolean;
}

/** What is wrong with a set of imports, one line a violation. */
export function violations(imports: readonly Import[]): string[] {
  const found: string[] = [];
  const folders = new Map<string, Set<string>>();
  const kinds = new Set(imports.flatMap(({ from, to }) => from === registry ? [to] : []));
  for (const { from, line, to, isPackage } of imports) {
    const complain = (message: string): void => void found.push(`${from}:${line}: ${message}`);
    if (isPackage) {
      const allowed = adapters[to];
      if (!allowed) complain(`package "${to}" has no adapter in scripts/check_layers.ts`);
      else if (
        !allowed.some((path) => from === path || (path.endsWith("/") && from.startsWith(path)))
      ) {
        complain(`only ${allowed.join(", ")} may import package "${to}"`);
      }
      continue;
    }
    const source = folderOf(from), target = folderOf(to);
    const problem = stageProblem(from, to, kinds);
    if (problem !== undefined) complain(problem);
    if (devices.includes(to) && source !== "scripts") {
      complain(`a device is chosen when a stage runs: only scripts may import ${to}`);
    }
    if (source === target) continue;
    if (!allArrows[source]?.includes(target)) complain(`${source} cannot import ${target} (${to})`);
    if (!folders.has(source)) folders.set(source, new Set());
    folders.get(source)!.add(target);
  }
  const order = topologicalOrder(new Map([...folders].map(([from, to]) => [from, [...to]])));
  if (order.kind === "cycle") found.push(`folders import in a cycle: ${order.cycle.join(" → ")}`);
  return found;
}

/**
 * What is wrong with an import of something in `stages/`: a stage stands alone, but for helpers that
 * lie in its folder.
 *
 * @param kinds the stages of the registry
 */
function stageProblem(from: string, to: string, kinds: ReadonlySet<string>): string | undefined {
  if (from === registry || !to.startsWith("stages/")) return undefined;
  if (to === registry) {
    return from.startsWith("stages/") ? "a stage cannot import the registry" : undefined;
  }
  if (kinds.has(to) || !from.startsWith("stages/")) {
    return `only ${registry} may import the stage ${to}`;
  }
  return from.startsWith(`${dirname(to)}/`) && dirname(to) !== "stages"
    ? undefined
    : `only stages of ${dirname(to)} may import ${to}`;
}

/** `lib/x` for anything below it, else the first folder. */
function folderOf(path: string): string {
  const parts = path.split("/");
  if (parts.length === 1) return ".";
  return parts[0] === "lib" ? parts.slice(0, 2).join("/") : parts[0];
}

/** Every import of the project's own modules, without tests. */
async function readImports(project: string): Promise<Import[]> {
  const files = ["main.ts"];
  for (const folder of ["cli", "lib", "stages", "scripts"]) {
    for await (const path of modules(`${project}/${folder}`)) files.push(relative(project, path));
  }
  const root = await Deno.makeTempFile({ suffix: ".ts" });
  await Deno.writeTextFile(
    root,
    files.map((file) => `import "${new URL(file, `file://${project}/`).href}";\n`).join(""),
  );
  const { stdout, success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["info", "--json", "--config", `${project}/deno.json`, root],
  }).output();
  await Deno.remove(root);
  if (!success) throw new Error(new TextDecoder().decode(stderr));
  const config = JSON.parse(await Deno.readTextFile(`${project}/deno.json`));
  return importsIn(JSON.parse(new TextDecoder().decode(stdout)), project, config.imports);
}

interface Reference {
  readonly specifier?: string;
  readonly span?: { readonly start: { readonly line: number } };
}

function importsIn(
  info: {
    modules: {
      specifier: string;
      dependencies?: { specifier: string; code?: Reference; type?: Reference }[];
    }[];
  },
  project: string,
  packages: Readonly<Record<string, string>>,
): Import[] {
  return info.modules.flatMap(({ specifier, dependencies }) => {
    if (!specifier.startsWith(`file://${project}/`) || specifier.includes("/node_modules/")) {
      return [];
    }
    const from = relative(project, fileURLToPath(specifier));
    return (dependencies ?? []).flatMap((dependency): Import[] => {
      const reference = dependency.code ?? dependency.type;
      const line = (reference?.span?.start.line ?? 0) + 1;
      const target = reference?.specifier ?? "";
      if (dependency.specifier.startsWith("node:")) return [];
      if (dependency.specifier.startsWith(".")) {
        if (!target.startsWith("file:")) return [];
        const to = relative(project, fileURLToPath(target));
        return [{ from, line, to, isPackage: false }];
      }
      const to = Object.keys(packages).find((name) =>
        dependency.specifier === name || dependency.specifier.startsWith(`${name}/`)
      ) ?? dependency.specifier;
      return [{ from, line, to, isPackage: true }];
    });
  });
}

async function* modules(folder: string): AsyncGenerator<string> {
  for await (const entry of Deno.readDir(folder)) {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory && entry.name !== "testdata") yield* modules(path);
    else if (/\.ts$/.test(entry.name) && !/_(test|bench)\.ts$/.test(entry.name)) yield path;
  }
}

if (import.meta.main) {
  const project = dirname(dirname(fileURLToPath(import.meta.url)));
  const found = violations(await readImports(project));
  for (const each of found.sort()) console.log(each);
  Deno.exit(found.length > 0 ? 1 : 0);
}
