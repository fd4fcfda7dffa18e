/**
 * Remembers by which fingerprint each instance of a pipeline was last known, for explanations and
 * estimates. Nothing else depends on it, so nothing that happens to its file ends a run; of a full
 * disk the run's journal tells.
 *
 * @module
 */
import { readSmallFileSync, textBytes } from "../core/small_file.ts";
import { appendLine } from "../core/durable_files.ts";
import type { Store } from "./store.ts";

/** Instance → fingerprint, kept as appended lines of which the last counts. */
export class History {
  readonly #file: string;
  readonly #last = new Map<string, string>();

  constructor(store: Store, pipeline: string, profile: string) {
    this.#file = `${store.folder}/history/${pipeline}.${profile}.jsonl`;
    for (const line of readLines(this.#file)) {
      try {
        const { instance, fingerprint } = JSON.parse(line);
        this.#last.set(String(instance), String(fingerprint));
      } catch {
        // A line cut short by a power cut: the one before it counts.
      }
    }
  }

  /** The last fingerprint of an instance. */
  last(instance: string): string | undefined {
    return this.#last.get(instance);
  }

  /** Notes the fingerprint of an instance, if it is another one. */
  note(instance: string, fingerprint: string): void {
    if (this.#last.get(instance) === fingerprint) return;
    this.#last.set(instance, fingerprint);
    try {
      appendLine(this.#file, JSON.stringify({ instance, fingerprint }));
    } catch {
      // The next explanation compares with an older result.
    }
  }
}

function readLines(path: string): string[] {
  try {
    return readSmallFileSync(path, textBytes).split("\n").filter((line) => line !== "");
  } catch {
    return []; // not there yet, or not ours to read
  }
}
