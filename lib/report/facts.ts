/**
 * What a page says of how its results were made.
 *
 * @module
 */

/** One piece of work. */
export interface Work {
  readonly stage: string;
  readonly instance: string;
  /** ms since 1970. */
  readonly start: number;
  readonly end: number;
}

/** A corpus that was used. */
export interface UsedCorpus {
  readonly name: string;
  readonly title: string;
  readonly licence: string;
  readonly note?: string;
}

/** Where results come from. */
export interface Facts {
  readonly pipeline: string;
  readonly profile: string;
  readonly about?: string;
  /** A warning that stands at the top. */
  readonly warning?: string;
  /** Params of the pipeline, as people read them. */
  readonly params: readonly (readonly [name: string, value: string])[];
  readonly work: readonly Work[];
  /** Commits, programs and processors: what → its values. */
  readonly made: readonly (readonly [what: string, value: string])[];
  readonly corpora: readonly UsedCorpus[];
  /** Tables of sentences and texts, and files from elsewhere: what → SHA-256. */
  readonly digests: readonly (readonly [what: string, digest: string])[];
  /** What makes these results, and this page, again. */
  readonly commands: readonly string[];
  /** What makes each table again: table → command. */
  readonly remade: readonly (readonly [table: string, command: string])[];
  /** What a question is asked with, such as `deno task sql -f experiments/slicer.yaml`; none for published ones. */
  readonly sqlCommand?: string;
}
