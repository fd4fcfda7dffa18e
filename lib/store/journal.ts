/**
 * Writes the events of a run, one JSON object a line, as they happen.
 *
 * @module
 */
import { closeSync, openSync } from "node:fs";
import { appendLine } from "../core/durable_files.ts";
import { environmentError, messageOf, UserError } from "../core/errors.ts";
import type { Store } from "./store.ts";
import { storeError } from "./store_error.ts";

/** An event: its name, and whatever else it says. */
export interface JournalEvent {
  readonly event: string;
}

/** A run's journal. */
export interface Journal {
  /** The run's name, which sorts by time. */
  readonly run: string;
  write(event: JournalEvent): void;
  close(): void;
}

/**
 * Starts the journal `runs/<run>.jsonl`.
 *
 * @throws {UserError} where nothing can be written, and from `write`, when the disk is full
 */
export function openJournal(store: Store): Journal {
  const time = new Date().toISOString().replace(/[-:.]/g, "");
  const run = `${time}-${crypto.randomUUID().slice(0, 8)}`;
  const path = `${store.folder}/runs/${run}.jsonl`;
  const file = open(path, store);
  return {
    run,
    write(event) {
      if (event.event === "instanceProgress") return;
      const line = JSON.stringify({ at: new Date().toISOString(), ...event });
      try {
        appendLine(file, line);
      } catch (cause) {
        const hint = environmentError(cause)?.problems[0].hint;
        throw new UserError({ message: `Cannot write ${path}: ${messageOf(cause)}`, hint }, {
          cause,
        });
      }
    },
    close: () => closeSync(file),
  };
}

function open(path: string, { folder }: Store): number {
  try {
    return openSync(path, "ax");
  } catch (cause) {
    throw storeError(folder, cause);
  }
}
