/**
 * The files of a trained model: a folder that is complete by itself, here and in transformers.
 *
 * @module
 */
import { file } from "../plan/stage.ts";

/** What every stage writes whose result is a model. */
export const modelFiles = {
  "model.safetensors": file("the weights, named as in transformers"),
  "config.json": file("the model's shape and the label names, as transformers reads them"),
  "tokenizer.json": file("the tokenizer, as Python's tokenizers reads it"),
  "tokenizer_config.json": file("its special tokens, as transformers reads them"),
  "eval_model.onnx": file("the graph that answers"),
};
