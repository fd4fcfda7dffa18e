import { readReference } from "../../scripts/references/recorded_encoders.ts";
import { parseEncoderConfig } from "../models/encoder/config.ts";
import { tokenHead } from "../models/encoder/heads/token.ts";
import { readTaggingHead } from "./adapter_head_files.ts";
import { readLora } from "./lora_files.ts";
import { type Edit, edited, refused, set, top } from "./testdata/damaged_adapters.ts";

const xlmr = parseEncoderConfig((await readReference("xlm_roberta")).config);
const config = "adapter_config.json";
const prefix = "Cannot use FOLDER/adapter_config.json as ";

const badHeads: [string, Edit, string][] = [
  [
    "another kind",
    set("head_type", "classification"),
    '"head_type" must be "tagging": got "classification"',
  ],
  ["two layers", set("layers", 2), '"layers" must be 1: got 2'],
  [
    "a label too few",
    set("label2id", { O: 0, B: 1 }),
    '"label2id" must name labels 0 … 4: got {"O":0,"B":1}',
  ],
  [
    "two labels of one id",
    set("label2id", { a: 0, b: 1, c: 2, d: 3, e: 4, f: 4 }),
    '"label2id" must name labels 0 … 4: got {"a":0,"b":1,"c":2,"d":3,"e":4,"f":4}',
  ],
  ["labels without names", set("label2id", null), '"label2id" must name labels 0 … 4: got null'],
  ["another width", top("hidden_size", 9), `"hidden_size" must be the encoder's, 12: got 9`],
];
for (const [what, edit, message] of badHeads) {
  Deno.test(`a head is refused: ${what}`, () =>
    edited("task/ner", "head_config.json", edit, (folder) =>
      refused(
        folder,
        () => readTaggingHead(folder, xlmr),
        `Cannot use FOLDER/head_config.json as ${message}`,
      )));
}

const badLoras: [string, Edit, string][] = [
  ["another method", top("peft_type", "IA3"), `${prefix}"peft_type" must be "LORA": got "IA3"`],
  ["DoRA", top("use_dora", true), `${prefix}"use_dora" must be off: got true`],
  ["biases", top("bias", "all"), `${prefix}"bias" must be "none": got "all"`],
  [
    "ranks by layer",
    top("rank_pattern", { query: 4 }),
    `${prefix}"rank_pattern" must be off: got {"query":4}`,
  ],
  [
    "layers",
    top("layers_to_transform", [0]),
    `${prefix}"layers_to_transform" must be off: got [0]`,
  ],
  [
    "a changed encoder",
    top("init_lora_weights", "pissa"),
    `${prefix}"init_lora_weights" must leave the encoder's weights as they are: got "pissa"`,
  ],
  [
    "a pattern of names",
    top("target_modules", ".*query"),
    `${prefix}"target_modules" must be a list of modules' names: got ".*query"`,
  ],
  [
    "what nobody knows",
    top("use_spin", 1),
    `${prefix}"use_spin" is not known: it must be left out: got 1`,
  ],
  [
    "another module",
    top("target_modules", ["q_lin"]),
    'Cannot change the module "q_lin" by LoRA: the encoder has no linear layer of that name',
  ],
  [
    "another rank",
    top("r", 4),
    "Cannot load FOLDER/adapter_model.safetensors as tensor " +
    '"roberta.encoder.layer.0.attention.self.query.lora_A.weight" is [2,12] there, and [4,12] on ' +
    "the encoder",
  ],
];
for (const [what, edit, message] of badLoras) {
  Deno.test(`a LoRA is refused: ${what}`, () =>
    edited(
      "lora/lora",
      config,
      edit,
      (folder) =>
        refused(folder, () => readLora(folder, xlmr, tokenHead(xlmr, 5).parameters), message),
    ));
}
