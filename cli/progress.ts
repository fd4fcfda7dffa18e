/**
 * Shows a run: a line per running instance and a total on a terminal, plain lines elsewhere.
 *
 * @module
 */
import { relative } from "node:path";
import { fileURLToPath } from "node:url";
import { showControls } from "../lib/core/controls.ts";
import { cutEnd } from "../lib/core/display_width.ts";
import type { EventSink, RunEvent } from "../lib/pipeline/events.ts";
import type { Progress } from "../lib/plan/stage.ts";
import { logOf } from "../lib/store/layout.ts";
import { projectFolder } from "./folders.ts";
import { secondsText, summaryText } from "./summary_text.ts";
import { type Running, secondsSince, TimeLeft } from "./time_left.ts";
import { print } from "./terminal.ts";

const redrawMs = 100;

/** A sink that prints to standard output. */
export function printEvents(): EventSink {
  const live = Deno.stdout.isTerminal() && !Deno.env.get("CI") && !Deno.env.get("NO_COLOR") &&
    Deno.env.get("TERM") !== "dumb";
  return live ? liveDisplay() : (event) => {
    for (const line of lastingLines(event, (_, text) => text)) print(line);
  };
}

type Paint = (colour: "green" | "red" | "dim", text: string) => string;

/** What stays on the screen of an event. */
export function lastingLines(event: RunEvent, paint: Paint): string[] {
  switch (event.event) {
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
 * its log is. What a stage says speaks for itself; of a process that died, the log is all there is.
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

function liveDisplay(): EventSink {
  const estimate = new TimeLeft();
  const running = new Map<string, Running>();
  let total = 0, settled = 0, drawn = 0, lastDraw = 0, highest = 0;
  const codes = { green: 32, red: 31, dim: 2 };
  const paint: Paint = (colour, text) => `\x1b[${codes[colour]}m${text}\x1b[0m`;
  const encoder = new TextEncoder();
  const write = (lasting: readonly string[], live: readonly string[]): void => {
    const up = drawn > 0 ? `\x1b[${drawn}A\x1b[0J` : "";
    const text = [...lasting, ...live].map((line) => line + "\n").join("");
    Deno.stdout.writeSync(encoder.encode(up + text));
    drawn = live.length;
  };
  const liveLines = (): string[] => {
    const { columns, rows } = Deno.consoleSize();
    const [active, pending] = partition([...running], ([, state]) => !isPending(state));
    const shown = [...active, ...pending].slice(0, Math.max(1, rows - 4));
    const lines = shown.map(([instance, state]) =>
      `  ${instance} ${progressText(state.progress) || (state.place ?? "")} ` +
      secondsText(secondsSince(state))
    );
    if (running.size > shown.length) lines.push(`  and ${running.size - shown.length} more`);
    const { share, seconds } = estimate.estimate(new Map(active));
    const left = seconds === undefined ? "" : `, about ${secondsText(seconds)} left`;
    highest = Math.max(highest, Math.floor(100 * share)); // it does not go back
    const waiting = pending.length > 0 ? `, ${pending.length} pending` : "";
    const counts = `${settled} of ${total}, ${active.length} running${waiting}`;
    lines.push(`${highest} % · ${counts}${left}`);
    return lines.map((line) => cutEnd(showControls(line), columns - 1));
  };
  const redraw = (lasting: readonly string[]): void => {
    lastDraw = performance.now();
    write(lasting, liveLines());
  };
  const timer = setInterval(() => redraw([]), 1_000);
  return (event) => {
    estimate.note(event);
    if (event.event === "runStarted") {
      total = Object.values(event.stages).reduce((sum, count) => sum + count, 0);
    } else if (event.event === "instanceStarted") {
      running.set(event.instance, { startedAt: performance.now() });
    } else if (event.event === "instanceProgress") {
      const state = running.get(event.instance);
      if (state) state.progress = event.progress;
    } else if (event.event === "instancePlaced") {
      const state = running.get(event.instance);
      if (state) state.place = event.place;
      // How long it was pending is no part of how long it runs.
      if (state && !isPending(state)) state.startedAt = performance.now();
    } else if (event.event === "instanceRetried") {
      running.delete(event.instance);
    } else if (event.event !== "runEnded") {
      running.delete(event.instance);
      settled++;
    }
    const lasting = lastingLines(event, paint);
    if (event.event === "runEnded") {
      clearInterval(timer);
      write(lasting, []);
    } else if (lasting.length > 0 || performance.now() - lastDraw > redrawMs) redraw(lasting);
  };
}

/** Whether an instance waits in a queue. */
function isPending({ progress, place }: Running): boolean {
  return progress === undefined && place !== undefined && !place.endsWith("running");
}

function partition<T>(all: readonly T[], isFirst: (each: T) => boolean): [T[], T[]] {
  return [all.filter(isFirst), all.filter((each) => !isFirst(each))];
}

function progressText(progress: Progress | undefined): string {
  if (!progress) return "";
  const { done, total, unit, detail } = progress;
  const share = total ? ` ${Math.floor(100 * done / total)} %` : "";
  return `${done}${total ? `/${total}` : ""} ${unit}${share}${detail ? ` ${detail}` : ""}`;
}
