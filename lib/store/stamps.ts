/**
 * Remembers in which state a content was last hashed, so that a file whose state is the same need
 * not be hashed again.
 *
 * The state is size, times of modification and of change, and inode: another state leads to
 * another hash, never to another run. A state as young as the clock's tick could hide a later
 * write; it counts only once the file has been left alone for longer (git's racy guard).
 *
 * NOTE: Deno tells the time of change in whole seconds. Who writes within the second in which a
 * content was published, keeps its size and sets its time back, is found by `verify` alone.
 *
 * @module
 */
import { readSmallJsonSync, textBytes } from "../core/small_file.ts";
import { writeAtomically } from "../core/durable_files.ts";
import { changedAt, stateIn, statIfThere } from "../core/file_state.ts";
import { sha256File } from "../core/sha256.ts";

/** How long a file must have been left alone, in ms. */
const racyMs = 50;

/** What a look at a content finds. */
export type Soundness = "whole" | "missing" | "corrupt";

/** The stamps of the contents of one folder. */
export class Stamps {
  #known: Map<string, string> | undefined;
  /** Seen in states that are too young. */
  readonly #young = new Map<string, string>();
  #changed = false;

  /**
   * @param file where stamps are kept
   * @param pathOf the path of a content
   */
  constructor(readonly file: string, readonly pathOf: (digest: string) => string) {}

  /** Looks at a content; hashes it where its state is new, or when it must be sure. */
  async look(digest: string, sizeBytes: number | undefined, sure = false): Promise<Soundness> {
    const path = this.pathOf(digest);
    const stat = statIfThere(path);
    if (!stat) return "missing";
    if (sizeBytes !== undefined && stat.size !== sizeBytes) return "corrupt";
    const stamp = stateIn(stat);
    if (!sure && this.#holds(digest, stamp)) return "whole";
    try {
      if ((await sha256File(path)).digest !== digest) return "corrupt";
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return "missing";
      throw error;
    }
    const now = statIfThere(path);
    if (now && stateIn(now) === stamp) this.#put(digest, stamp, now);
    return "whole";
  }

  /** Whether a content, or a link to it, is in a state in which the content was whole. */
  isKnown(digest: string, path = this.pathOf(digest)): boolean {
    const stat = statIfThere(path);
    return stat !== undefined && this.#holds(digest, stateIn(stat));
  }

  /** Notes that a content is whole as it is: it has just been hashed on its way here, or linked. */
  note(digest: string): void {
    const stat = statIfThere(this.pathOf(digest));
    if (stat) this.#put(digest, stateIn(stat), stat);
  }

  /** Keeps what was learnt. A folder that cannot be written is no error: this is a cache. */
  async save(): Promise<void> {
    if (this.#young.size > 0) await new Promise((resolve) => setTimeout(resolve, racyMs));
    for (const [digest, stamp] of this.#young) {
      const stat = statIfThere(this.pathOf(digest));
      if (stat && stateIn(stat) === stamp) this.#put(digest, stamp, stat);
    }
    this.#young.clear();
    if (!this.#changed) return;
    this.#changed = false;
    const text = JSON.stringify(Object.fromEntries(this.#read()));
    try {
      writeAtomically(this.file, text, { loosely: true });
    } catch {
      // Contents are hashed again next time.
    }
  }

  /** Forgets contents that are gone. */
  forget(digests: Iterable<string>): void {
    for (const digest of digests) if (this.#read().delete(digest)) this.#changed = true;
  }

  #holds(digest: string, stamp: string): boolean {
    return this.#read().get(digest) === stamp || this.#young.get(digest) === stamp;
  }

  #put(digest: string, stamp: string, stat: Deno.FileInfo): void {
    if (Date.now() - changedAt(stat) <= racyMs) this.#young.set(digest, stamp);
    else if (this.#read().get(digest) !== stamp) {
      this.#read().set(digest, stamp);
      this.#changed = true;
    }
  }

  #read(): Map<string, string> {
    if (this.#known) return this.#known;
    try {
      this.#known = new Map(
        Object.entries(readSmallJsonSync(this.file, textBytes) as Record<string, never>),
      );
    } catch {
      this.#known = new Map(); // not there, or cut short: everything is hashed again
    }
    return this.#known;
  }
}
