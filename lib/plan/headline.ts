/**
 * Checks the table that a run is to end with.
 *
 * @module
 */
import { suggest } from "../core/suggest.ts";
import type { Pipeline } from "./pipeline_file.ts";
import type { StageKind } from "./stage.ts";

/** Reports a headline that no stage of the pipeline writes. */
export function checkHeadline(pipeline: Pipeline, kinds: ReadonlyMap<string, StageKind>): void {
  const { headline, diagnostics, stages } = pipeline;
  if (headline === undefined || [...stages.values()].some(({ use }) => !kinds.has(use))) return;
  const tables = new Set(
    [...kinds.values()].flatMap((kind) =>
      Object.values(kind.outputs).flatMap((output) =>
        output.kind === "table" ? [output.schema.name] : []
      )
    ),
  );
  if (tables.has(headline)) return;
  diagnostics.add(["headline"], `Cannot end with table "${headline}": no stage writes it`, {
    hint: suggest(headline, [...tables]),
  });
}
