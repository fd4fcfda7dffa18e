/**
 * Finds which stages take from which, and the order in which they can be planned.
 *
 * @module
 */
import { topologicalOrder } from "../core/graph.ts";
import { suggest } from "../core/suggest.ts";
import { type Source, sourcesOf, specOf } from "./inputs.ts";
import type { Pipeline } from "./pipeline_file.ts";
import type { StageKind } from "./stage.ts";

/** The sources of every input that exists on both sides. */
export function findSources(
  pipeline: Pipeline,
  kinds: ReadonlyMap<string, StageKind>,
): Map<string, Map<string, Source[]>> {
  const { stages, broken, diagnostics } = pipeline;
  const result = new Map<string, Map<string, Source[]>>();
  for (const [name, stage] of stages) {
    const kind = kinds.get(stage.use);
    const path = ["stages", name, "inputs"];
    const inputs = new Map<string, Source[]>();
    result.set(name, inputs);
    for (const [missing, { about, optional }] of Object.entries(kind?.inputs ?? {})) {
      if (optional || stage.inputs && Object.hasOwn(stage.inputs, missing)) continue;
      const hint = `name the stage that it comes from; "${missing}" is ${about}`;
      const message = `Cannot do without input "${missing}" of stage kind "${stage.use}"`;
      diagnostics.add(path, message, { hint, part: "key" });
    }
    for (const [input, given] of Object.entries(stage.inputs ?? {})) {
      const spec = specOf(kind, input);
      if (kind && !spec) {
        const hint = suggest(input, Object.keys(kind.inputs)) ?? "it takes no inputs";
        const message = `Cannot find input "${input}" of stage kind "${stage.use}"`;
        diagnostics.add([...path, input], message, { hint, part: "key" });
      }
      const known = sourcesOf(given, [...path, input]).filter((source) => {
        const upstream = stages.get(source.stage);
        if (!upstream) {
          if (broken.has(source.stage)) return false;
          const at = typeof given === "object" && !Array.isArray(given) ? ["stage"] : [];
          diagnostics.add([...source.path, ...at], `Cannot find stage "${source.stage}"`, {
            hint: suggest(source.stage, [...stages.keys()]),
          });
          return false;
        }
        const outputs = Object.keys(kinds.get(upstream.use)?.outputs ?? {});
        const absent = spec?.files.filter((file) => !outputs.includes(file)) ?? [];
        if (absent.length > 0 && kinds.has(upstream.use)) {
          diagnostics.add(
            source.path,
            `Cannot take input "${input}" from stage "${source.stage}": it does not write ${
              absent.map((file) => `"${file}"`).join(", ")
            }`,
            { hint: `"${upstream.use}" writes ${outputs.map((file) => `"${file}"`).join(", ")}` },
          );
        }
        return true;
      });
      inputs.set(input, known);
    }
  }
  return result;
}

/** Stage names, upstream first; nothing when there is a cycle, which is reported. */
export function orderStages(
  pipeline: Pipeline,
  sources: ReadonlyMap<string, ReadonlyMap<string, readonly Source[]>>,
): string[] {
  const all = new Map<string, Source[]>();
  for (const [name, inputs] of sources) all.set(name, [...inputs.values()].flat());
  const result = topologicalOrder(
    new Map([...all].map(([name, list]) => [name, list.map(({ stage }) => stage)])),
  );
  if (result.kind === "order") return result.order;
  const { cycle } = result;
  for (let i = 0; i + 1 < cycle.length; i++) {
    const source = all.get(cycle[i])!.find(({ stage }) => stage === cycle[i + 1])!;
    pipeline.diagnostics.add(
      source.path,
      `Cannot order the stages: "${cycle[i]}" needs "${cycle[i + 1]}" in a cycle`,
      { hint: `the cycle is ${cycle.join(" → ")}` },
    );
  }
  return [];
}
