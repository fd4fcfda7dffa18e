/**
 * Shows a run on standard output: a terminal has a live display, everything else lines.
 *
 * @module
 */
import type { EventSink } from "../lib/pipeline/events.ts";
import { LiveDisplay } from "./live_display.ts";
import { PlainLog, tickMs } from "./plain_log.ts";
import { print } from "./terminal.ts";

/** A sink that prints to standard output. */
export function printEvents(): EventSink {
  const isLive = Deno.stdout.isTerminal() && !Deno.env.get("CI") && !Deno.env.get("NO_COLOR") &&
    Deno.env.get("TERM") !== "dumb";
  const now = (): number => performance.now();
  const encoder = new TextEncoder();
  const display = isLive
    ? new LiveDisplay(
      now,
      (text) => void Deno.stdout.writeSync(encoder.encode(text)),
      () => Deno.consoleSize(),
    )
    : new PlainLog(now, print);
  const timer = setInterval(() => display.tick(), tickMs);
  return (event) => {
    if (event.event === "runEnded") clearInterval(timer);
    display.note(event);
  };
}
