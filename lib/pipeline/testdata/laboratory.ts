/**
 * A temporary project with the test stages, whose files can be edited between runs.
 *
 * @module
 */
import { fileURLToPath } from "node:url";
import type { RunEvent, RunSummary } from "../events.ts";
import type { DriveOptions } from "./drive.ts";

const project = fileURLToPath(new URL("../../..", import.meta.url)).replace(/\/$/, "");

/** What a run printed, by kind. */
export interface DriveResult {
  readonly events: readonly RunEvent[];
  /** Instances that ran to their end, sorted. */
  readonly ran: readonly string[];
  readonly summary: RunSummary | undefined;
  readonly errors: string;
  readonly code: number;
}

/** A temporary project. Dispose of it with `await using`. */
export class Laboratory implements AsyncDisposable {
  private constructor(private place: string) {}

  /** Where it is, absolute. */
  get folder(): string {
    return this.place;
  }

  /** Makes a project: the engine's and the test stages' files, packages linked. */
  static async create(pipeline: string): Promise<Laboratory> {
    const folder = await Deno.makeTempDir({ prefix: "crosstie-" });
    for (
      const name of [
        "lib/code",
        "lib/core",
        "lib/plan",
        "lib/pipeline",
        "lib/slurm",
        "lib/store",
        "lib/table",
      ]
    ) {
      await copyFolder(`${project}/${name}`, `${folder}/${name}`);
    }
    for (const name of ["deno.json", "deno.lock"]) {
      await Deno.copyFile(`${project}/${name}`, `${folder}/${name}`);
    }
    await Deno.symlink(`${project}/node_modules`, `${folder}/node_modules`);
    const laboratory = new Laboratory(folder);
    await laboratory.write("pipeline.yaml", pipeline);
    return laboratory;
  }

  /** Writes a file of the project. */
  async write(path: string, text: string): Promise<void> {
    await Deno.writeTextFile(`${this.folder}/${path}`, text);
  }

  /** Reads a file of the project. */
  async read(path: string): Promise<string> {
    return await Deno.readTextFile(`${this.folder}/${path}`);
  }

  /** Removes a file or folder of the project, which must be there. */
  async remove(path: string): Promise<void> {
    await Deno.remove(`${this.folder}/${path}`, { recursive: true });
  }

  /** Replaces text in a file of the project, which must be there. */
  async edit(path: string, from: string, to: string): Promise<void> {
    const text = await this.read(path);
    if (!text.includes(from)) throw new Error(`Cannot find "${from}" in ${path}`);
    await this.write(path, text.replace(from, to));
  }

  /**
   * Starts an engine in a process of its own.
   *
   * @param through a program that starts what follows its own arguments
   */
  spawn(
    options: Partial<DriveOptions> = {},
    env: Readonly<Record<string, string>> = {},
    through: readonly string[] = [],
  ): Deno.ChildProcess {
    const given = { projectFolder: this.folder, folder: this.folder, ...options };
    const [program, ...args] = [
      ...through,
      Deno.execPath(),
      "run",
      "-A",
      "--quiet",
      "--no-lock",
      `${this.folder}/lib/pipeline/testdata/drive.ts`,
      JSON.stringify(given),
    ];
    return new Deno.Command(program, {
      args,
      env: { CROSSTIE_CACHE: "", CROSSTIE_SHARED_CACHE: "", CROSSTIE_REMOTE: "", ...env },
      stdout: "piped",
      stderr: "piped",
    }).spawn();
  }

  /** Runs an engine to its end. */
  async run(
    options: Partial<DriveOptions> = {},
    env: Readonly<Record<string, string>> = {},
  ): Promise<DriveResult> {
    return await resultOf(this.spawn(options, env));
  }

  /** What an engine prints, one JSON object a line. */
  async ask<T>(
    options: Partial<DriveOptions>,
    env: Readonly<Record<string, string>> = {},
  ): Promise<T[]> {
    const { stdout, stderr, success } = await this.spawn(options, env).output();
    if (!success) throw new Error(new TextDecoder().decode(stderr));
    const lines = new TextDecoder().decode(stdout).split("\n").filter((line) => line !== "");
    return lines.map((line) => JSON.parse(line));
  }

  /** The states of all instances, as `instance: fresh` or with its verdicts. */
  async states(options: Partial<DriveOptions> = {}): Promise<Record<string, string>> {
    const { stdout, stderr, success } = await this.spawn({ ...options, assess: true }).output();
    if (!success) throw new Error(new TextDecoder().decode(stderr));
    const lines = new TextDecoder().decode(stdout).trimEnd().split("\n");
    return Object.fromEntries(
      lines.map((line) => JSON.parse(line)).map(({ instance, kind, verdicts }) => [
        instance,
        kind === "stale"
          ? verdicts.map((verdict: { name: string }) => verdict.name).join(" ")
          : kind,
      ]),
    );
  }

  /** Every file below a folder of the project, sorted; none when there is no such folder. */
  files(folder: string): Promise<string[]> {
    const found: string[] = [];
    const walk = (path: string): void => {
      for (const { name, isDirectory } of entriesOf(`${this.folder}/${path}`)) {
        if (isDirectory) walk(`${path}/${name}`);
        else found.push(`${path}/${name}`);
      }
    };
    walk(folder);
    return Promise.resolve(found.sort());
  }

  /** Moves the whole project to another folder. */
  async move(): Promise<void> {
    const folder = `${this.place}-moved`;
    await Deno.rename(this.place, folder);
    this.place = folder;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.folder, { recursive: true });
  }
}

/** What an engine printed until it ended. */
export async function resultOf(process: Deno.ChildProcess): Promise<DriveResult> {
  const { stdout, stderr, code } = await process.output();
  const events = new TextDecoder().decode(stdout).split("\n").filter((line) => line !== "")
    .map((line) => JSON.parse(line) as RunEvent);
  const ran = events.flatMap((each) => each.event === "instanceDone" ? [each.instance] : []);
  const last = events.at(-1);
  return {
    events,
    ran: ran.sort(),
    summary: last?.event === "runEnded" ? last.summary : undefined,
    errors: new TextDecoder().decode(stderr),
    code,
  };
}

/** What is in a folder; nothing where there is none, any more. */
function entriesOf(folder: string): Deno.DirEntry[] {
  try {
    return [...Deno.readDirSync(folder)];
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}

async function copyFolder(from: string, to: string): Promise<void> {
  await Deno.mkdir(to, { recursive: true });
  for await (const entry of Deno.readDir(from)) {
    if (entry.isDirectory) await copyFolder(`${from}/${entry.name}`, `${to}/${entry.name}`);
    else if (!entry.name.endsWith("_test.ts")) {
      await Deno.copyFile(`${from}/${entry.name}`, `${to}/${entry.name}`);
    }
  }
}
