/**
 * Warns of what is written in a pipeline file and changes nothing.
 *
 * @module
 */
import type { Row } from "./inputs.ts";
import type { Pipeline } from "./pipeline_file.ts";
import type { Scope } from "./references.ts";

/** Warns of params that no stage uses, and the profiles that override them. */
export function warnOfUnusedParams(
  { params, profiles, diagnostics }: Pipeline,
  scope: Scope,
): void {
  for (const param of Object.keys(params)) {
    if (scope.usedParams.has(param)) continue;
    const options = { part: "key", severity: "warning" } as const;
    diagnostics.add(["params", param], `Param "${param}" is not used by any stage`, options);
    for (const [profile, overrides] of Object.entries(profiles)) {
      if (!Object.hasOwn(Object(overrides), param)) continue;
      const message = `Profile "${profile}" overrides "${param}", which no stage uses`;
      diagnostics.add(["profiles", profile, param], message, options);
    }
  }
}

/** Warns of axes that change nothing: all their instances would do the same work. */
export function warnOfUnusedAxes(
  stage: string,
  axes: Row["axes"],
  used: ReadonlySet<string>,
  { diagnostics }: Scope,
): void {
  for (const axis of Object.keys(axes)) {
    if (used.has(axis)) continue;
    const message = `Axis "${axis}" changes nothing: stage "${stage}" does the same for each value`;
    const hint = `refer to it as $${axis} in \`with\`, \`inputs\` or \`resources\``;
    diagnostics.add(["stages", stage, "matrix", axis], message, {
      hint,
      part: "key",
      severity: "warning",
    });
  }
}
