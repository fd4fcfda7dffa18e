/**
 * The kinds that the stages of a pipeline file name.
 *
 * @module
 */
import { suggest } from "../core/suggest.ts";
import type { Pipeline } from "./pipeline_file.ts";
import type { StageKind, StageRegistry } from "./stage.ts";

/** Those that a pipeline uses, by name; one that there is not is reported with what to write. */
export async function loadKinds(
  pipeline: Pipeline,
  registry: StageRegistry,
): Promise<Map<string, StageKind>> {
  const used = new Set<string>();
  for (const [name, { use }] of pipeline.stages) {
    if (Object.hasOwn(registry, use)) used.add(use);
    else {
      pipeline.diagnostics.add(["stages", name, "use"], `Cannot find stage kind "${use}"`, {
        hint: hintForKind(use, Object.keys(registry)),
      });
    }
  }
  const loaded = await Promise.all(
    [...used].map(async (use) => [use, await registry[use].load()] as const),
  );
  return new Map(loaded);
}

/** Kinds that say what to do alone, `train`, are told the names with a task or a model. */
function hintForKind(use: string, kinds: readonly string[]): string | undefined {
  const whole = kinds.filter((kind) => kind.endsWith(`.${use}`));
  if (whole.length === 0) return suggest(use, kinds);
  const named = whole.map((kind) => `"${kind}"`);
  const last = named.pop();
  return `the name of a task or a model comes first: ` +
    (named.length > 0 ? `${named.join(", ")} or ${last}` : last);
}
