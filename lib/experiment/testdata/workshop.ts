/**
 * Runs the real stages one after the other, in a folder, without an engine.
 *
 * @module
 */
import { join } from "node:path";
import * as cpu from "../../engine/cpu.ts";
import type { InputInstance, StageKind } from "../../plan/stage.ts";
import { runStage, type StageRun } from "../../plan/testdata/run_stage.ts";
import { writeTable } from "../../table/parquet_tables.ts";
import { textsTable } from "../../table/schemas/texts.ts";
import { stages } from "../../../stages/mod.ts";

type Inputs = Readonly<Record<string, readonly InputInstance[]>>;

/** A folder in which stages run; it is removed in the end. */
export class Workshop implements AsyncDisposable {
  #count = 0;

  private constructor(readonly folder: string) {}

  static async open(): Promise<Workshop> {
    return new Workshop(await Deno.makeTempDir());
  }

  /** Runs a stage of a kind into a folder of its own. */
  async run(
    kind: string,
    params: Readonly<Record<string, unknown>>,
    inputs: Inputs = {},
  ): Promise<StageRun> {
    const stage = await stages[kind].load() as StageKind<unknown>;
    const optional = Object.entries(stage.inputs).flatMap(([name, { optional }]) =>
      optional ? [[name, []]] : []
    );
    return await runStage(
      stage,
      join(this.folder, `${++this.#count}-${kind}`),
      params,
      { ...Object.fromEntries(optional), ...inputs },
      stages[kind].devices ? cpu : undefined,
    );
  }

  /** Sample sentences of a language, tokenized for named entities. */
  async tokens(
    language: string,
    params: Readonly<Record<string, unknown>> = {},
    limit = { train: 16, validation: 8, test: 8 },
  ): Promise<InputInstance> {
    const corpus = await this.run("download", { corpus: "sample", language, limit });
    const { instance } = await this.run("ner.tokenize", { maxTokens: 64, ...params }, {
      corpus: [corpus.instance],
    });
    return instance;
  }

  /** Texts that say whether they name a place, tokenized for classification. */
  async texts(
    params: Readonly<Record<string, unknown>> = {},
    labelOf = (i: number) => i % 2 ? "place" : "none",
  ): Promise<InputInstance> {
    const files: Record<string, string> = {};
    for (const split of ["train", "validation", "test"]) {
      const path = files[`${split}.parquet`] = join(this.folder, `${++this.#count}.parquet`);
      const rows = Array.from({ length: split === "train" ? 24 : 8 }, (_, i) => ({
        corpus: "texts",
        language: "eng",
        split,
        sentence: i,
        text: labelOf(i) === "place" ? `we went to town ${i}` : `we ate soup ${i}`,
        second: null,
        label: labelOf(i),
      }));
      await writeTable(textsTable, path, rows);
    }
    const { instance } = await this.run(
      "classify.tokenize",
      { maxTokens: 64, classes: ["none", "place"], ...params },
      { corpus: [{ instance: "texts", axes: {}, files }] },
    );
    return instance;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.folder, { recursive: true });
  }
}
