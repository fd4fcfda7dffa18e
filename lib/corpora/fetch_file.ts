/**
 * Fetches the files of corpora, whose pins are in the catalogue.
 *
 * @module
 */
import { type FetchedFile, type FetchOptions, fetchUrl } from "./fetch_url.ts";

/** The largest file of a corpus that is taken, in bytes. */
const maxBytes = 8 * 2 ** 30;

/**
 * Fetches a file of a corpus, or finds it in the download folder.
 *
 * @throws as {@linkcode fetchUrl} does
 */
export async function fetchFile(url: string, options: FetchOptions): Promise<FetchedFile> {
  return await fetchUrl(url, { maxBytes, pinnedIn: "data/sources.yaml", ...options });
}
