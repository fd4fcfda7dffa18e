/**
 * Reads a run's journal back. A store may come from anybody: what is no event of a run is left out.
 *
 * @module
 */
import { z } from "zod";
import { stageOf } from "../plan/targets.ts";
import type { RunEvent } from "./events.ts";

const started = z.looseObject({
  event: z.literal("runStarted"),
  run: z.string(),
  pipeline: z.string(),
  profile: z.string(),
  stages: z.record(z.string(), z.int().nonnegative()),
  jobs: z.number().positive(),
  durations: z.record(z.string(), z.number()),
});

/** What becomes of an instance, and the end of a run; how far an instance is says nothing later. */
const later = z.union([
  z.looseObject({
    event: z.enum([
      "instanceFresh",
      "instanceStarted",
      "instanceRetried",
      "instanceDone",
      "instanceFailed",
      "instanceStopped",
      "instanceSkipped",
    ]),
    instance: z.string(),
  }),
  z.looseObject({ event: z.literal("runEnded") }),
]);

/**
 * The events of a journal, from the start of its run; none where it does not begin with one. Its last
 * line may not be whole yet.
 */
export function journalEvents(text: string): RunEvent[] {
  const [first, ...rest] = text.split("\n").map(parsed);
  const { data: start } = started.safeParse(first);
  if (start === undefined) return [];
  const events = rest.flatMap((line) => {
    const { data } = later.safeParse(line);
    if (data === undefined) return [];
    const isKnown = !("instance" in data) ||
      Object.hasOwn(start.stages, stageOf(String(data.instance)));
    return isKnown ? [data as unknown as RunEvent] : [];
  });
  return [start as unknown as RunEvent, ...events];
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
