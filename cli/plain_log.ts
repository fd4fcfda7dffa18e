/**
 * Shows a run where there is no terminal: a line for every instance that ends, and at intervals one
 * for every instance at work.
 *
 * @module
 */
import { showControls } from "../lib/core/controls.ts";
import type { RunEvent } from "../lib/pipeline/events.ts";
import { lastingLines } from "./lasting_lines.ts";
import { instanceText, runText } from "./progress_text.ts";
import { RunState } from "./run_state.ts";
import type { Clock } from "./time_left.ts";

/** How often the log looks for something to say, in ms. */
export const tickMs = 1_000;
/** An instance at work has a line at least this often, in ms. */
const quietMs = 30_000 - 2 * tickMs;
/** A run whose instances all wait in a queue has a line this often, in ms. */
const queuedMs = 300_000;

/** Turns events and time into lines. */
export class PlainLog {
  readonly #run: RunState;
  /** Instance → when it last had a line. */
  readonly #heard = new Map<string, number>();
  #runHeard: number;

  constructor(readonly now: Clock, readonly print: (line: string) => void) {
    this.#run = new RunState(now);
    this.#runHeard = now();
  }

  /** Says what ends with an event. */
  note(event: RunEvent): void {
    this.#run.note(event);
    const lines = lastingLines(event, (_, text) => text);
    for (const line of lines) this.print(line);
    if (lines.length > 0) this.#runHeard = this.now();
  }

  /** Gives a line to every instance at work that has had none for long. */
  tick(): void {
    const now = this.now();
    const { active, pending } = this.#run.split();
    for (const instance of this.#heard.keys()) {
      if (!this.#run.running.has(instance)) this.#heard.delete(instance);
    }
    const due = active.filter(([instance, { startedAt }]) =>
      now - (this.#heard.get(instance) ?? startedAt) >= quietMs
    );
    for (const [instance, state] of due) {
      this.#heard.set(instance, now);
      this.print(showControls(`… ${instanceText(instance, state, this.#run)}`));
    }
    const isQueued = active.length === 0 && pending.length > 0;
    if (isQueued && now - this.#runHeard >= queuedMs) {
      this.print(runText(this.#run));
      this.#runHeard = now;
    }
  }
}
