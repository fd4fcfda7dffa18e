/**
 * Checks that what reaches a stage has the axes that the stage tells it apart by.
 *
 * @module
 */
import type { Json } from "../core/canonical_json.ts";
import type { Diagnostics } from "../core/diagnostics.ts";
import type { StageKind } from "./stage.ts";

/** What this looks at of an instance. */
interface Wired {
  readonly id: string;
  readonly stage: string;
  readonly kind: string;
  readonly axes: Readonly<Record<string, unknown>>;
  readonly params: Json;
  readonly inputs: Readonly<Record<string, readonly string[]>>;
}

/** Reports inputs without an axis that a stage needs, each at the param that names the axis. */
export function checkAxes(
  instances: readonly Wired[],
  kinds: ReadonlyMap<string, StageKind>,
  diagnostics: Diagnostics,
): void {
  const axesOf = new Map(instances.map(({ id, axes }) => [id, axes]));
  for (const { stage, kind, params, inputs } of instances) {
    for (const [input, upstream] of Object.entries(inputs)) {
      const needed = kinds.get(kind)!.needsAxis?.(params, input);
      const without = needed && upstream.find((id) => !Object.hasOwn(axesOf.get(id)!, needed.axis));
      if (without === undefined) continue;
      const { axis, param, cannot, hint } = needed!;
      diagnostics.add(
        ["stages", stage, "with", param],
        `Cannot tell ${cannot} of ${without}: it has no axis "${axis}"`,
        { hint },
      );
    }
  }
}
