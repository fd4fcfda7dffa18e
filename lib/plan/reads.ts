/**
 * Checks that what kinds read besides their inputs is there.
 *
 * @module
 */
import { canonicalJson, type Json } from "../core/canonical_json.ts";
import type { Diagnostics } from "../core/diagnostics.ts";
import { UserError } from "../core/errors.ts";
import type { StageKind } from "./stage.ts";

/** Reports what is not there, once for equal params of a stage. */
export async function checkReads(
  instances: readonly { readonly stage: string; readonly kind: string; readonly params: Json }[],
  kinds: ReadonlyMap<string, StageKind>,
  diagnostics: Diagnostics,
): Promise<void> {
  const checked = new Set<string>();
  for (const { stage, kind: name, params } of instances) {
    const kind = kinds.get(name)!;
    if (!kind.reads) continue;
    const key = `${stage} ${canonicalJson(params)}`;
    if (checked.has(key)) continue;
    checked.add(key);
    try {
      await kind.reads(params);
    } catch (error) {
      // A problem with a place of its own is not about this file.
      if (!(error instanceof UserError) || error.problems.some(({ range }) => range)) throw error;
      for (const { message, hint, param } of error.problems) {
        const part = param ? "value" : "key";
        diagnostics.add(["stages", stage, "with", ...param ?? []], message, { hint, part });
      }
    }
  }
}
