/**
 * Notes beside a partial file of which version its bytes are, so that a later try can go on.
 *
 * @module
 */
import { readSmallFile } from "./small_file.ts";

/** What is known of the bytes in a partial file. */
export interface Journal {
  /** Where they are from, as it is shown. */
  readonly url: string;
  /** What names their version; without it, nothing can be joined to them. */
  readonly validator?: string;
  /** The size of the whole file in bytes, where the server has said so. */
  readonly total?: number;
}

/** What a journal says of an address; nothing when it is about another, or not whole. */
export async function readJournal(path: string, url: string): Promise<Partial<Journal>> {
  try {
    const journal: Partial<Journal> | null = JSON.parse(await readSmallFile(path, 2 ** 16));
    if (journal?.url !== url) return {};
    const { validator, total } = journal;
    return {
      ...(typeof validator === "string" ? { validator } : {}),
      ...(Number.isSafeInteger(total) && total! >= 0 ? { total } : {}),
    };
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof Deno.errors.NotFound) return {};
    throw error;
  }
}

/** Notes what is known of bytes that are about to be written. */
export async function writeJournal(path: string, journal: Partial<Journal>): Promise<void> {
  await Deno.writeTextFile(path, JSON.stringify(journal));
}
