/**
 * Checks that stages can use what those before them are known to write.
 *
 * @module
 */
import { canonicalJson, type Json } from "../core/canonical_json.ts";
import type { Diagnostics } from "../core/diagnostics.ts";
import type { StageKind, Told } from "./stage.ts";

/** What this looks at of an instance. */
interface Wired {
  readonly id: string;
  readonly stage: string;
  readonly kind: string;
  readonly params: Json;
  readonly inputs: Readonly<Record<string, readonly string[]>>;
}

/** Reports inputs that a stage refuses, each at the param that is about it. */
export async function checkTold(
  instances: readonly Wired[],
  kinds: ReadonlyMap<string, StageKind>,
  diagnostics: Diagnostics,
): Promise<void> {
  const byId = new Map(instances.map((instance) => [instance.id, instance]));
  const told = new Map<string, Told | undefined>();
  const tell = async (id: string): Promise<Told | undefined> => {
    const { kind, params } = byId.get(id)!;
    const key = `${kind} ${canonicalJson(params)}`;
    if (!told.has(key)) told.set(key, await kinds.get(kind)!.tells?.(params));
    return told.get(key);
  };
  for (const { stage, kind: name, params, inputs } of instances) {
    const kind = kinds.get(name)!;
    if (!kind.refusesInput) continue;
    for (const [input, upstream] of Object.entries(inputs)) {
      for (const id of upstream) {
        const known = await tell(id);
        const problem = known && kind.refusesInput(params, input, known);
        if (!problem) continue;
        const { message, hint, param } = problem;
        const part = param ? "value" : "key";
        diagnostics.add(["stages", stage, "with", ...param ?? []], message, { hint, part });
      }
    }
  }
}
