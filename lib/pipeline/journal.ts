/**
 * Writes the events of a run, one JSON object a line, as they happen.
 *
 * @module
 */
import type { RunEvent } from "./events.ts";
import type { Store } from "./store.ts";

/** A run's journal. */
export interface Journal {
  /** The run's name, which sorts by time. */
  readonly run: string;
  write(event: RunEvent): void;
  close(): void;
}

/** Starts the journal `runs/<run>.jsonl`. */
export function openJournal(store: Store): Journal {
  const time = new Date().toISOString().replace(/[-:]|\.\d+/g, "");
  const run = `${time}-${crypto.randomUUID().slice(0, 8)}`;
  const file = Deno.openSync(`${store.folder}/runs/${run}.jsonl`, {
    append: true,
    createNew: true,
  });
  const encoder = new TextEncoder();
  return {
    run,
    write(event) {
      if (event.event === "instanceProgress") return;
      const line = JSON.stringify({ at: new Date().toISOString(), ...event }) + "\n";
      file.writeSync(encoder.encode(line));
    },
    close: () => file.close(),
  };
}
