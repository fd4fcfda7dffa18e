/**
 * The lines of a run's events that stay on the screen, or in a log.
 *
 * @module
 */
import { relative } from "node:path";
import { fileURLToPath } from "node:url";
import { showControls } from "../lib/core/controls.ts";
import type { RunEvent } from "../lib/pipeline/events.ts";
import { logOf } from "../lib/store/layout.ts";
import { projectFolder } from "./folders.ts";
import { memoryLines } from "./memory_text.ts";
import { secondsText, summaryText } from "./summary_text.ts";

/** Colours a text, or leaves it as it is. */
export type Paint = (colour: "green" | "red" | "dim", text: string) => string;

/** The lines of an event that stay. */
export function lastingLines(event: RunEvent, paint: Paint): string[] {
  switch (event.event) {
    case "runStarted":
      return memoryLines(event.memory ?? { stages: {} }).map((line) => paint("dim", line));
    case "instanceDone":
      return [`${paint("green", "✓")} ${nameOf(event)} ${secondsText(event.seconds)}`];
    case "instanceFresh":
      return event.shared
        ? [`${paint("green", "✓")} ${nameOf(event)} ${paint("dim", "shared")}`]
        : [];
    case "instanceRetried": {
      const more = event.class === "memory" ? ` with ${event.memoryMib} MiB` : "";
      const [message] = showControls(event.message).split("\n");
      return [`${paint("red", "↻")} ${nameOf(event)}: ${message}; tries again${more}`];
    }
    case "instanceFailed":
      return failureLines(event, paint);
    case "runEnded":
      return [summaryText(event.summary)];
    default:
      return [];
  }
}

/**
 * What became of an instance that failed: the message, the line of code that threw it, and where
 * its log is. A stage's own message needs no log; of a process that died, there is nothing else.
 */
function failureLines(
  event: Extract<RunEvent, { event: "instanceFailed" }>,
  paint: Paint,
): string[] {
  const head = `${paint("red", "✗")} ${nameOf(event)} ${secondsText(event.seconds)}: `;
  const message = showControls(event.message).split("\n");
  const text = message.length === 1
    ? [head + message[0]]
    : [`${head}failed`, ...message.map((line) => line === "" ? line : `    ${line}`)];
  const place = event.class === "stage" ? placeIn(event.log) : undefined;
  if (place) text.push(`    at ${showControls(place)}`);
  const log = event.class === "stage" ? [] : event.log.filter((line) => line !== "");
  return [
    ...text,
    ...log.map((line) => paint("dim", `    ${showControls(line)}`)),
    `    its log is ${showControls(logOf(event.attemptFolder))}`,
  ];
}

/** The name of an event's instance: axis values may be anything. */
function nameOf({ instance }: { readonly instance: string }): string {
  return showControls(instance);
}

/** The first place of the project in the stack that a log ends with. */
function placeIn(log: readonly string[]): string | undefined {
  const stack = log.slice(log.findLastIndex((line) => !/^\s+at /.test(line)) + 1);
  for (const frame of stack) {
    const [, url, place] = /(file:\/\/\S+?)(:\d+:\d+)\)?$/.exec(frame) ?? [];
    if (url && !url.includes("/node_modules/")) {
      return relative(projectFolder, fileURLToPath(url)) + place;
    }
  }
  return undefined;
}
