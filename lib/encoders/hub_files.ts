/**
 * The files of one model of the hub, wherever they are: in the hub's own cache on this machine, in the
 * download folder, in a mirror, or on the web.
 *
 * @module
 */
import { join } from "node:path";
import { readSmallFile } from "../core/small_file.ts";
import { UserError } from "../core/errors.ts";
import { isFile } from "../core/file_kinds.ts";
import { sha256File } from "../core/sha256.ts";
import { distrust } from "../corpora/fetch_record.ts";
import { NotFetchedError } from "../corpora/fetch_sources.ts";
import { type FetchOptions, fetchUrl } from "../corpora/fetch_url.ts";
import { isAnywhere } from "../corpora/probe_file.ts";
import type { HubModel } from "./catalogue.ts";
import { snapshotOf } from "./hub_cache.ts";

/** How the files of a model are fetched and watched. */
export interface HubOptions extends Omit<FetchOptions, "pins" | "pinnedIn" | "mirrorOnly"> {
  /** The hub's cache folder on this machine; none is looked into, if left out. */
  readonly hubCache?: string;
  /** The hub's address; https://huggingface.co if left out. */
  readonly hub?: string;
  /** Hears of files that no pin vouches for. */
  readonly onSource?: (url: string, digest: string) => void;
}

/** A file that is there. */
export interface HubFile {
  readonly path: string;
  /** Its name in the repository. */
  readonly name: string;
}

/** The largest tokenizer.json or index that is read, in bytes. */
const mostBytesOfJson = 128 * 2 ** 20;

const places = {
  cache: "the download folder",
  mirror: "the mirror",
  public: "the hub",
  hubCache: "the hub's cache on this machine",
} as const;

/** The files of a model. */
export class HubFiles {
  /** Where files of this model came from. */
  readonly #from = new Set<keyof typeof places>();

  constructor(readonly model: HubModel, readonly options: HubOptions) {}

  /** The model, as it is shown. */
  get shown(): string {
    return `${this.model.repository}@${this.model.revision}`;
  }

  /** The model's page. */
  get page(): string {
    return `https://huggingface.co/${this.model.repository}`;
  }

  /** The public address of a file. */
  urlOf(name: string): string {
    const { repository, revision } = this.model;
    return `${
      this.options.hub ?? "https://huggingface.co"
    }/${repository}/resolve/${revision}/${name}`;
  }

  /** Whether a file is somewhere; it is not fetched. */
  async has(name: string): Promise<boolean> {
    return await this.#cached(name) !== undefined ||
      await isAnywhere(this.urlOf(name), this.options);
  }

  /**
   * A file of the model.
   *
   * @throws {NotFetchedError} when it is nowhere, or cannot be had
   * @throws {UserError} when it is not what its pin says
   */
  async get(name: string): Promise<HubFile> {
    const { options, model } = this;
    const url = this.urlOf(name), sha256 = model.sha256[name];
    const cached = await this.#cached(name);
    if (cached !== undefined) {
      const { digest, sizeBytes } = await sha256File(cached);
      if (sha256 === undefined || sha256 === digest) {
        this.#note(name, url, "hubCache", { digest, sizeBytes, pinned: sha256 !== undefined });
        return { path: cached, name };
      }
      options.log?.(`${cached} has not the pinned digest: it is left aside`);
    }
    const fetched = await fetchUrl(url, {
      ...options,
      pins: { sha256 },
      pinnedIn: "data/encoders.yaml",
      ...name.endsWith(".json") ? { maxBytes: mostBytesOfJson } : {},
      onProgress: (done, total, detail) => options.onProgress?.(done, total, detail ?? name),
    });
    if (fetched.unbounded) {
      options.log?.(`${name} came without its length: if it was cut off, nothing says so`);
    }
    this.#note(name, url, fetched.from, fetched);
    return { path: fetched.path, name };
  }

  /**
   * A file that not every model has; undefined where it is known to have none.
   *
   * @throws {NotFetchedError} when that cannot be told
   */
  async find(name: string): Promise<HubFile | undefined> {
    try {
      return await this.get(name);
    } catch (error) {
      if (!(error instanceof NotFetchedError)) throw error;
      const { refusals } = error;
      if (refusals.every((refusal) => refusal === "absent")) return undefined;
      // A mirror, or what was fetched before, stands for a hub that nobody can ask.
      const isAlone = refusals.every((refusal) =>
        refusal === "absent" || refusal === "unreachable"
      );
      const stands = [...this.#from].some((from) => from !== "public");
      if (!isAlone || !stands) throw error;
      this.options.log?.(
        `${name} of ${this.shown} is not there, and the hub cannot be asked: taken to have none`,
      );
      return undefined;
    }
  }

  /** Parses a JSON file; one that is none is fetched anew the next time. */
  async json({ path, name }: HubFile): Promise<Record<string, unknown>> {
    try {
      const parsed = JSON.parse(await readSmallFile(path, mostBytesOfJson));
      if (typeof parsed === "object" && parsed !== null && !Array.isArray(parsed)) return parsed;
      throw new SyntaxError("it is no object");
    } catch (cause) {
      if (!(cause instanceof SyntaxError)) throw cause;
      await distrust(path);
      throw new UserError({
        message: `Cannot read ${name} of ${this.shown}: ${cause.message}`,
        hint: `look at what is there: ${this.urlOf(name)}`,
      }, { cause });
    }
  }

  /** Says where all files came from, where that could mix two states of a branch. */
  warnOfMixture(): void {
    if (this.#from.size < 2 || /^[0-9a-f]{40}$/.test(this.model.revision)) return;
    this.options.log?.(
      `the files of ${this.shown} came from ${
        [...this.#from].map((from) => places[from]).join(" and ")
      }: they may be of different commits, which naming a commit rules out`,
    );
  }

  async #cached(name: string): Promise<string | undefined> {
    const { hubCache } = this.options;
    if (hubCache === undefined) return undefined;
    const snapshot = await snapshotOf(hubCache, this.model);
    if (snapshot === undefined) return undefined;
    const path = join(snapshot, name);
    return await isFile(path) ? path : undefined;
  }

  #note(
    name: string,
    url: string,
    from: keyof typeof places,
    { digest, sizeBytes, pinned }: { digest: string; sizeBytes: number; pinned: boolean },
  ): void {
    const { log, onSource } = this.options;
    this.#from.add(from);
    if (!pinned) onSource?.(url, digest);
    log?.(
      `${name} of ${this.shown}: ${(sizeBytes / 1e6).toFixed(sizeBytes < 1e6 ? 3 : 1)} MB from ` +
        places[from],
    );
  }
}
