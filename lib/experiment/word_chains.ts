/**
 * What models ask for that label the words of a sentence together, step by step.
 *
 * @module
 */
import type { z } from "zod";
import { type Problem, UserError } from "../core/errors.ts";
import type { ExampleFormat } from "../models/example_format.ts";
import type { Device, StageKind } from "../plan/stage.ts";

/**
 * A stage of a model that repeats a step as often as a batch has words or pieces, which WebGPU
 * cannot: it is refused there before anything runs.
 *
 * @param what the model is called
 */
export function needsScan<P, I extends string, O extends string>(
  what: string,
  stage: StageKind<P, I, O>,
): StageKind<P, I, O> {
  const { refuses } = stage;
  return {
    ...stage,
    refuses: (params, device) => scanProblem(what, device) ?? refuses?.(params, device),
  };
}

function scanProblem(what: string, device: Device): Problem | undefined {
  return device !== "webgpu" ? undefined : {
    message: `Cannot run ${what} on webgpu, which has no loops`,
    hint: "use --device cpu, or cuda",
  };
}

/** @throws {UserError} when examples do not ask for one label of each word */
export function checkWords(what: string, { asks, labelledPieces }: ExampleFormat): void {
  if (asks === "words" && labelledPieces === "first") return;
  throw new UserError({
    message: `Cannot train ${what} on examples that do not ask once for each word`,
    hint: "tokenize for a task of words such as ner.tokenize, with labels: first",
  });
}

/** @throws {UserError} when examples are no bytes, or their answers are no tags of entities */
export function checkBytes(what: string, format: ExampleFormat): void {
  checkWords(what, format);
  if (format.tokenizer === "bytes" && format.scheme === "iob2") return;
  throw new UserError({
    message: `Cannot train ${what} on examples that are not bytes with tags of entities`,
    hint: "tokenize with ner.tokenize and tokenizer: bytes",
  });
}

/** Refuses what a loss of whole sentences does not know. */
export function refuseSmoothing(
  { labelSmoothing }: { readonly labelSmoothing: number },
  { addIssue }: Pick<z.RefinementCtx, "addIssue">,
): void {
  if (labelSmoothing === 0) return;
  const message = "expected 0, as a CRF's loss is of whole sentences";
  addIssue({ code: "custom", path: ["labelSmoothing"], message });
}

/** Params that a start decides. */
export function shapeBesideStart<P extends object>(
  params: P,
  shape: readonly (keyof P & string)[],
): Problem[] {
  return shape.filter((name) => params[name] !== undefined).map((name) => ({
    message: `Cannot use param "${name}" beside input "start", which has a shape already`,
    hint: `leave ${name} out, or the input`,
    param: [name],
  }));
}
