/**
 * Answers questions in SQL over result tables, and refuses whatever would change or read anything
 * else.
 *
 * @module
 */
import { resolve } from "node:path";
import { messageOf, UserError } from "../core/errors.ts";
import { admit } from "./admission.ts";
import type { Cell } from "./cells.ts";
import { type Completion, completionOf } from "./completion.ts";
import { writeCsv } from "./csv.ts";
import { Database, type QueryResult } from "./duckdb.ts";
import { openedPaths } from "./parquet_source.ts";
import { QuestionWatch } from "./question_watch.ts";
import type { RowStream } from "./row_stream.ts";
import { ScratchFolder } from "./scratch_folder.ts";
import { sqlString } from "./sql_text.ts";
import { commentsOn, createView, describedView, type Views } from "./views.ts";

/** An answer as it comes: rows in order, some thousand at once, to be taken once. */
export interface Answer {
  readonly columns: readonly string[];
  /** The columns' types, as DuckDB spells them. */
  readonly types: readonly string[];
  readonly batches: AsyncIterable<readonly Cell[][]>;
}

/** How answers come. */
export interface AnswerOptions {
  /** Every value as the text that DuckDB writes, with all its digits. */
  readonly asText?: boolean;
}

/** Nothing but the paths that are allowed can be opened once these hold, in this order. */
const locks = [
  "autoinstall_known_extensions = false",
  "autoload_known_extensions = false",
  "allow_community_extensions = false",
  "enable_external_access = false",
  "lock_configuration = true",
];

/** What a question may take, as DuckDB writes sizes. */
export interface Limits {
  readonly memory: string;
  readonly disk: string;
  /** 2 where not given. */
  readonly threads?: number;
  /** Time of computing. */
  readonly seconds: number;
  /** Memory of this process, in GiB: texts that functions make are not in DuckDB's own limit. */
  readonly residentGib: number;
}

const defaultLimits: Limits = { memory: "4GB", disk: "20GB", seconds: 600, residentGib: 6 };

/** An empty database that can open some paths, and nothing else for good. */
async function openLocked(
  paths: Iterable<string>,
  scratch: ScratchFolder,
  limits: Limits,
  threads: number,
): Promise<Database> {
  const database = await Database.open({
    threads: String(threads),
    memory_limit: limits.memory,
    temp_directory: scratch.path,
  });
  // Given above, this one would be ignored.
  await database.run(`SET max_temp_directory_size = ${sqlString(limits.disk)}`);
  await database.run(`SET allowed_paths = [${[...new Set(paths)].map(sqlString).join(", ")}]`);
  for (const setting of locks) await database.run(`SET ${setting}`);
  return database;
}

/** @throws {UserError} when a file of a view is no Parquet table, or cannot be read */
async function createViews(database: Database, views: Views): Promise<void> {
  for (const [name, view] of Object.entries(views)) {
    try {
      await database.run(createView(name, view));
      for (const comment of commentsOn(name, view)) await database.run(comment);
    } catch (cause) {
      if (cause instanceof UserError) throw cause;
      const [reason] = messageOf(cause).split("\n");
      throw new UserError({
        message: `Cannot read the table "${name}": ${reason}`,
        hint: "find out which stage wrote this file, mend it, and run it again",
      }, { cause });
    }
  }
}

/** Read-only questions over a set of views. Close it with `using`. */
export class ReadOnlyTables {
  readonly #database: Database;
  readonly #names: ReadonlySet<string>;
  readonly #limits: Limits;
  readonly #watch: QuestionWatch;
  /** How many questions were asked: an answer ends with the next one. */
  #asked = 0;

  private constructor(
    database: Database,
    views: Views,
    /** What does not fit into memory. */
    readonly scratch: ScratchFolder,
    limits: Limits,
  ) {
    this.#database = database;
    this.#names = new Set(Object.keys(views));
    this.#limits = limits;
    const { seconds, residentGib } = limits;
    this.#watch = new QuestionWatch(
      { seconds, residentBytes: residentGib * 2 ** 30 },
      () => this.interrupt(),
    );
  }

  /** Whether a question goes on that could not be ended: only the end of the process ends it. */
  get isStuck(): boolean {
    return this.#watch.isStuck;
  }

  /**
   * Locks a database, so that no other file can be read, no extension loaded and no setting
   * changed, and opens views over Parquet files in it.
   *
   * @param given what a question may take of memory, disk and time
   * @param macros statements that make macros, once the views are there
   * @throws {UserError} when a file of a view is no Parquet table, or cannot be read
   */
  static async open(
    views: Views,
    given: Partial<Limits> = {},
    macros: readonly string[] = [],
  ): Promise<ReadOnlyTables> {
    const limits = { ...defaultLimits, ...given };
    const scratch = new ScratchFolder();
    const paths = Object.values(views).flatMap(({ files }) => openedPaths(files));
    const database = await openLocked(paths, scratch, limits, limits.threads ?? 2);
    const tables = new ReadOnlyTables(database, views, scratch, limits);
    try {
      await createViews(database, views);
      for (const macro of macros) await database.run(macro);
      return tables;
    } catch (error) {
      tables[Symbol.dispose]();
      throw error;
    }
  }

  /**
   * Answers one statement.
   *
   * @throws {UserError} when it is not a reading statement, or does not run
   */
  async ask(sql: string): Promise<QueryResult> {
    const { columns, batches } = await this.stream(sql);
    const rows: Cell[][] = [];
    for await (const batch of batches) for (const row of batch) rows.push(row);
    return { columns: [...columns], rows };
  }

  /**
   * Answers one statement as rows come. It ends with the next question.
   *
   * @throws {UserError} as {@linkcode ask}; while rows are taken, too
   */
  async stream(sql: string, options: AnswerOptions = {}): Promise<Answer> {
    const stream = await this.#open(sql, options);
    const { columns, types } = stream;
    return { columns, types, batches: this.#explained(stream) };
  }

  /**
   * Writes the answer to one statement to a file, which is there when it is whole.
   *
   * @param path ends in `.parquet` or `.csv`
   * @throws {UserError} as {@linkcode ask}, and when the file is of another kind or cannot be written
   */
  async export(sql: string, path: string): Promise<void> {
    const format = path.match(/\.(parquet|csv)$/)?.[1];
    if (!format) {
      throw new UserError(`Cannot export to "${path}": the name must end in .parquet or .csv`);
    }
    if (/^[a-z][a-z0-9+.-]*:\/\//i.test(path)) {
      throw new UserError({
        message: `Cannot export to "${path}": only files of this machine are written`,
        hint: "name a file, and copy it from there",
      });
    }
    const stream = await this.#open(sql, { asText: format === "csv" });
    const partial = `${resolve(path)}.${crypto.randomUUID()}.partial`;
    try {
      if (format === "csv") await writeCsv(partial, stream.columns, this.#explained(stream));
      else await this.#writeParquet(partial, stream);
      await Deno.rename(partial, path);
    } catch (cause) {
      await Deno.remove(partial).catch(() => {});
      if (cause instanceof UserError) throw cause;
      throw new UserError(`Cannot export to "${path}": ${messageOf(cause)}`, { cause });
    }
  }

  /** What a text that somebody writes may go on with. An answer that is coming goes on. */
  async complete(text: string): Promise<Completion> {
    return await completionOf(this.#database, text, this.#names);
  }

  /** Ends the answer that is coming: it fails. */
  interrupt(): void {
    this.#database.interrupt();
  }

  async #open(sql: string, { asText }: AnswerOptions): Promise<RowStream> {
    this.#asked++;
    this.#watch.start();
    try {
      const question = describedView(sql, this.#names) ?? sql;
      const admitted = await this.#watch.watch(admit(this.#database, question));
      return await this.#watch.watch(this.#database.stream(
        asText && !admitted.isExplain
          ? `SELECT CAST(COLUMNS(*) AS VARCHAR) FROM (\n${admitted.sql}\n)`
          : admitted.sql,
      ));
    } catch (error) {
      throw this.#failure(error);
    }
  }

  /** Rows in a database of their own, which can write one file and nothing else. */
  async #writeParquet(path: string, rows: RowStream): Promise<void> {
    using database = await openLocked([path], this.scratch, this.#limits, 1);
    await this.#watch.watch(database.createTableFrom("answer", rows));
    await this.#watch.watch(database.writeParquet("answer", path));
  }

  async *#explained<T>(rows: AsyncIterable<T>, asked = this.#asked): AsyncGenerator<T> {
    const iterator = rows[Symbol.asyncIterator]();
    try {
      for (;;) {
        const { done, value } = await this.#watch.watch(iterator.next());
        if (this.#asked !== asked) {
          throw new Error("Cannot go on with an answer: the next was asked");
        }
        if (done) return;
        yield value;
      }
    } catch (error) {
      throw this.#failure(error);
    }
  }

  #failure(error: unknown): unknown {
    if (error instanceof UserError && error.problems[0].hint) return error;
    const hint = `tables here: ${[...this.#names].join(", ")}`;
    return new UserError({ message: messageOf(error), hint }, { cause: error });
  }

  /** Frees the database, and what it left on the disk. */
  [Symbol.dispose](): void {
    if (!this.isStuck) this.#database[Symbol.dispose]();
    this.scratch[Symbol.dispose]();
  }
}
