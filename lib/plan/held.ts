/**
 * Checks that stages can use the corpora that reach them, through the stages between: a stage that
 * reads training sentences hands them on.
 *
 * @module
 */
import type { Json } from "../core/canonical_json.ts";
import type { Diagnostics } from "../core/diagnostics.ts";
import type { Held, StageKind } from "./stage.ts";

/** The file in which a corpus is handed on. */
const trainFile = "train.parquet";

/** What this looks at of an instance. */
interface Wired {
  readonly id: string;
  readonly stage: string;
  readonly kind: string;
  readonly params: Json;
  readonly inputs: Readonly<Record<string, readonly string[]>>;
}

/**
 * Reports corpora that a stage refuses, each at the param that is about it, or at the input. An input
 * of which something is not known is not looked at.
 *
 * @param instances upstream first
 */
export function checkHeld(
  instances: readonly Wired[],
  kinds: ReadonlyMap<string, StageKind>,
  diagnostics: Diagnostics,
): void {
  const known = new Map<string, readonly Held[] | undefined>();
  const ofAll = (upstream: readonly string[]): readonly Held[] | undefined => {
    const each = upstream.map((id) => known.get(id));
    return each.every((held) => held !== undefined) ? each.flat() : undefined;
  };
  for (const { id, stage, kind: name, params, inputs } of instances) {
    const kind = kinds.get(name)!;
    const handedOn = Object.entries(inputs)
      .filter(([input]) => kind.inputs[input].files.includes(trainFile))
      .flatMap(([, upstream]) => upstream);
    known.set(id, kind.holds?.(params) ?? (handedOn.length > 0 ? ofAll(handedOn) : undefined));
    if (!kind.refusesHeld) continue;
    for (const [input, upstream] of Object.entries(inputs)) {
      const held = ofAll(upstream);
      for (const { message, hint, param } of held ? kind.refusesHeld(params, input, held) : []) {
        const path = param ? ["with", ...param] : ["inputs", input];
        diagnostics.add(["stages", stage, ...path], message, { hint });
      }
    }
  }
}
