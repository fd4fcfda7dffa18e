/**
 * Our side of a comparison, as a process of its own: trains the steps that it is asked for.
 *
 * @module
 */
import { parseArgs } from "node:util";
import { Session } from "../../lib/onnx/session.ts";
import { type OurStep, ourSteps } from "./our_steps.ts";
import { answerQuestions, residentBytes } from "./side.ts";

/** Asks for `steps` steps from step `from` on. */
export interface StepsQuestion {
  readonly from: number;
  readonly steps: number;
}

/** What was measured. */
export interface OurAnswer {
  readonly steps: readonly OurStep[];
  readonly residentBytes: number;
  readonly peakBytes: number;
}

if (import.meta.main) {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      threads: { type: "string", default: "1" },
      dropout: { type: "string", default: "on" },
      "total-steps": { type: "string", default: "1000" },
      profile: { type: "string" },
    },
  });
  if (values.profile !== undefined) {
    const { create } = Session;
    Session.create = (model, options) =>
      create.call(Session, model, { ...options, profilePrefix: values.profile });
  }
  const training = await ourSteps(positionals[0], {
    threads: Number(values.threads),
    dropout: values.dropout === "on",
    totalSteps: Number(values["total-steps"]),
  });
  await answerQuestions(async ({ from, steps }: StepsQuestion): Promise<OurAnswer> => {
    const done: OurStep[] = [];
    for (let step = from; step < from + steps; step++) done.push(await training.step(step));
    const { now, peak } = await residentBytes();
    return { steps: done, residentBytes: now, peakBytes: peak };
  });
  await training.release();
}
