/**
 * Makes the stage that takes one of the epochs that a training kept.
 *
 * @module
 */
import { z } from "zod";
import { protocols } from "./select_epochs.ts";
import { UserError } from "../core/errors.ts";
import { epochWeights } from "../experiment/kept_epochs.ts";
import { modelFiles } from "../experiment/model_files.ts";
import { defineStage } from "../plan/stage.ts";
import { readTable } from "../table/parquet_tables.ts";
import { selectedTable } from "../table/schemas/selected.ts";
import { writeSafetensors } from "../weights/safetensors.ts";

const params = z.strictObject({
  protocol: z.enum(protocols).describe("whose choice counts: a protocol of the table selected"),
  language: z.string().optional().describe(
    "the language that it chose for; may be left out where it chooses one epoch for all of them",
  ),
});

/** The stage: it writes the files of a trained model, which is used as any other. */
export function pickStage(kind: string) {
  return defineStage({
    kind,
    about: "takes the weights of the epoch that a protocol chose",
    params,
    inputs: {
      model: {
        about: "a train stage with keepEpochs: true",
        takes: "one",
        files: [
          "config.json",
          "tokenizer.json",
          "tokenizer_config.json",
          "eval_model.onnx",
          "epochs.safetensors",
        ],
      },
      selected: { about: "what was chosen for it", takes: "one", files: ["selected.parquet"] },
    },
    outputs: modelFiles,
    async run({ params: { protocol, language }, inputs, output, log }) {
      const [model] = inputs.model;
      const rows = (await readTable(selectedTable, inputs.selected[0].files["selected.parquet"]))
        .filter((row) =>
          row.protocol === protocol && (language === undefined || row.language === language)
        );
      const epochs = [...new Set(rows.map(({ epoch }) => epoch))];
      if (epochs.length !== 1) {
        throw new UserError({
          message: epochs.length === 0
            ? `Cannot pick an epoch: nothing is selected by ${protocol}` +
              (language === undefined ? "" : ` for ${language}`)
            : `Cannot pick one epoch: ${protocol} chose ${
              epochs.join(", ")
            } for different languages`,
          hint: "give the language, or a protocol of the select stage",
        });
      }
      const weights = await epochWeights(
        model.files["epochs.safetensors"],
        epochs[0],
        model.instance,
      );
      writeSafetensors(output("model.safetensors"), weights);
      for (
        const name of [
          "config.json",
          "tokenizer.json",
          "tokenizer_config.json",
          "eval_model.onnx",
        ] as const
      ) await Deno.copyFile(model.files[name], output(name));
      log(`epoch ${epochs[0]}: ${rows[0].selectedOn}`);
    },
  });
}
