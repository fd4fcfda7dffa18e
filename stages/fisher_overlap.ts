/**
 * Diagonals of Fisher information → how many of their most important weights languages share.
 *
 * @module
 */
import { z } from "zod";
import { orNull } from "../lib/analysis/estimates.ts";
import { byLayer, overlap as shared, topOf, tops } from "../lib/analysis/fisher.ts";
import { compareStrings } from "../lib/core/canonical_json.ts";
import { UserError } from "../lib/core/errors.ts";
import { defineStage, type InputInstance, table } from "../lib/plan/stage.ts";
import { readTable, writeTable } from "../lib/table/parquet_tables.ts";
import {
  type FisherOverlapRow,
  fisherOverlapsTable,
  fisherTable,
} from "../lib/table/schemas/fisher.ts";
import { readSafetensors } from "../lib/weights/safetensors_file.ts";

/** What matters in a model for a language. */
interface Important {
  readonly model: string;
  readonly language: string;
  readonly instance: string;
  /** Layer → top share → its weights. */
  readonly layers: ReadonlyMap<string, ReadonlyMap<number, Uint8Array>>;
}

/** Runs no model. */
export const overlap = defineStage({
  kind: "fisher.overlap",
  about:
    "compares which weights matter: between the languages of a model, and before and after tuning",
  params: z.strictObject({}),
  inputs: {
    fishers: {
      about: "what matters in one model, for each of its languages",
      takes: "many",
      files: ["fisher.parquet", "fisher.safetensors"],
    },
    tuned: {
      about: "what matters for the same languages once the model is taught on in each",
      takes: "many",
      files: ["fisher.parquet", "fisher.safetensors"],
      optional: true,
    },
  },
  outputs: { "fisher_overlaps.parquet": table(fisherOverlapsTable) },
  async run({ inputs, output, log }) {
    const before = await importantOf(inputs.fishers), after = await importantOf(inputs.tuned);
    const rows: FisherOverlapRow[] = [];
    before.forEach((a, i) => {
      for (const b of before.slice(i + 1)) {
        // Both ways, so that a language's mean is over all others.
        rows.push(...overlapRows("languages", a, b), ...overlapRows("languages", b, a));
      }
    });
    for (const b of after) {
      const a = before.find(({ language }) => language === b.language);
      if (a !== undefined) rows.push(...overlapRows("tuning", a, b));
      else {
        throw new UserError({
          message:
            `Cannot tell what tuning changed for ${b.language}: ${b.instance} has no partner`,
          hint: "take the languages of input fishers in input tuned, and no others",
        });
      }
    }
    await writeTable(fisherOverlapsTable, output("fisher_overlaps.parquet"), rows);
    for (const comparing of ["languages", "tuning"]) {
      for (const top of tops) {
        const own = rows.flatMap((row) =>
          row.comparing === comparing && row.top === top && row.overlap !== null
            ? [row.overlap]
            : []
        );
        if (own.length === 0) continue;
        const mean = own.reduce((sum, value) => sum + value, 0) / own.length;
        log(`${comparing}: ${mean.toFixed(1)} % of the top ${top} % in the mean of layers`);
      }
    }
  },
});

/** By language. @throws {UserError} where two are of the same one */
async function importantOf(inputs: readonly InputInstance[]): Promise<Important[]> {
  const found: Important[] = [];
  for (const { instance, files } of inputs) {
    const [{ model, language }] = await readTable(fisherTable, files["fisher.parquet"]);
    const twin = found.find((each) => each.language === language);
    if (twin !== undefined) {
      throw new UserError({
        message: `Cannot tell ${instance} from ${twin.instance}: both are of ${language}`,
        hint: "take one model's: give this stage the axes that tell models apart",
      });
    }
    const layers = byLayer(await readSafetensors(files["fisher.safetensors"]));
    found.push({
      model,
      language,
      instance,
      layers: new Map([...layers].map(([layer, values]) => [
        layer,
        new Map(tops.map((top) => [top, topOf(values, top)])),
      ])),
    });
  }
  return found.sort((a, b) => compareStrings(a.language, b.language));
}

/** @throws {UserError} where the models have other weights */
function overlapRows(
  comparing: FisherOverlapRow["comparing"],
  a: Important,
  b: Important,
): FisherOverlapRow[] {
  const shapeOf = ({ layers }: Important) =>
    JSON.stringify([...layers].map(([layer, of]) => [layer, of.get(tops[0])!.length]));
  if (shapeOf(a) !== shapeOf(b)) {
    throw new UserError({
      message: `Cannot compare weights of ${a.instance} and ${b.instance}: their shapes differ`,
      hint: "take diagonals of one model, and of models that started from it",
    });
  }
  return [...a.layers].flatMap(([layer, ofA]) =>
    [...ofA].map(([top, own]): FisherOverlapRow => ({
      ...{ model: a.model, comparing, language: a.language, other: b.language, layer, top },
      overlap: orNull(shared(own, b.layers.get(layer)!.get(top)!)),
    }))
  );
}
