/**
 * Warns of what is written in a pipeline file and changes nothing.
 *
 * @module
 */
import type { StageKind } from "./stage.ts";
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

/**
 * Warns of axes that change nothing: all their instances would do the same work. An axis of one value
 * is a label for tables.
 */
export function warnOfUnusedAxes(
  stage: string,
  rows: readonly Row[],
  used: ReadonlySet<string>,
  { diagnostics }: Scope,
): void {
  for (const axis of Object.keys(rows[0]?.axes ?? {})) {
    const values = new Set(rows.map(({ axes }) => axes[axis]?.name));
    if (used.has(axis) || values.size < 2) continue;
    const message = `Axis "${axis}" changes nothing: stage "${stage}" does the same for each value`;
    const hint = `refer to it as $${axis} in \`with\`, \`inputs\` or \`resources\``;
    diagnostics.add(["stages", stage, "matrix", axis], message, {
      hint,
      part: "key",
      severity: "warning",
    });
  }
}

/** Columns that say what rows are of: an axis of such a name chooses by it, and says the same. */
const saidByRows: readonly string[] = ["corpus", "language", "split", "metric", "of"];

/**
 * Warns of axes that no table can show: a column has the name already, or another axis but for its
 * case, which SQL does not see.
 */
export function warnOfHiddenAxes(
  { stages, diagnostics }: Pipeline,
  rows: ReadonlyMap<string, readonly Row[]>,
  kinds: ReadonlyMap<string, StageKind>,
): void {
  const known = new Map<string, string>();
  for (const [stage, { use }] of stages) {
    const tables = Object.values(kinds.get(use)?.outputs ?? {}).flatMap((output) =>
      output.kind === "table" ? [output.schema] : []
    );
    if (tables.length === 0) continue;
    const warn = (axis: string, message: string) =>
      diagnostics.add(["stages", stage, "matrix", axis], message, {
        hint: "give the axis a name of its own",
        part: "key",
        severity: "warning",
      });
    for (const axis of new Set((rows.get(stage) ?? []).flatMap(({ axes }) => Object.keys(axes)))) {
      const key = axis.toLowerCase();
      const hiding = tables.find(({ columns }) =>
        Object.keys(columns).some((column) => column.toLowerCase() === key)
      );
      const other = known.get(key) ?? axis;
      known.set(key, other);
      if (hiding !== undefined && !saidByRows.includes(axis)) {
        warn(
          axis,
          `Axis "${axis}" is not in table "${hiding.name}", which has a column of that name`,
        );
      } else if (other !== axis) {
        warn(axis, `Axis "${axis}" is the same as "${other}" in tables: SQL ignores case`);
      }
    }
  }
}
