/**
 * A copy of the project in a temporary folder, with a store of its own, driven by the command line.
 *
 * @module
 */
import { fileURLToPath } from "node:url";
import { join } from "node:path";
import type { RunRecord } from "../lib/store/record.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const parts = [
  "cli",
  "data",
  "lib",
  "stages",
  "main.ts",
  "deno.json",
  "deno.lock",
  "pipeline.yaml",
];

/** What a command printed and how it ended. */
export interface Outcome {
  code: number;
  stdout: string;
  stderr: string;
}

/** A project to edit and run. Remove it with `await using`. */
export class ProjectCopy {
  private constructor(readonly folder: string, readonly outer: string) {}

  /**
   * Copies the project's own files and links its packages.
   *
   * @param below what the folder is called that it stands in
   */
  static async create(below = "."): Promise<ProjectCopy> {
    const outer = await Deno.makeTempDir({ prefix: "crosstie-" });
    const folder = join(outer, below);
    await Deno.mkdir(folder, { recursive: true });
    for (const part of parts) {
      await new Deno.Command("cp", { args: ["-r", join(root, part), folder] }).output();
    }
    await Deno.symlink(join(root, "node_modules"), join(folder, "node_modules"));
    return new ProjectCopy(folder, outer);
  }

  /** Runs `crosstie …` in the copy. */
  async crosstie(args: readonly string[], env: Record<string, string> = {}): Promise<Outcome> {
    const { code, stdout, stderr } = await this.#command(args, env).output();
    const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
    return { code, stdout: text(stdout), stderr: text(stderr) };
  }

  /** Starts `crosstie …` in the copy, as the leader of a process group of its own. */
  start(args: readonly string[], env: Record<string, string> = {}): Deno.ChildProcess {
    return this.#command(args, env, { stdout: "piped", stderr: "null", detached: true }).spawn();
  }

  #command(
    args: readonly string[],
    env: Record<string, string>,
    options: Deno.CommandOptions = {},
  ): Deno.Command {
    return new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--quiet", join(this.folder, "main.ts"), ...args],
      cwd: this.folder,
      env: { CROSSTIE_CACHE: join(this.folder, ".crosstie"), NO_COLOR: "1", ...env },
      ...options,
    });
  }

  /** Replaces text in a file. */
  async edit(file: string, from: string, to: string): Promise<void> {
    const path = join(this.folder, file);
    const before = await Deno.readTextFile(path);
    if (!before.includes(from)) throw new Error(`Cannot edit ${file}: it does not hold "${from}"`);
    await Deno.writeTextFile(path, before.replace(from, to));
  }

  /** Every file below a folder with its SHA-256, sorted by name. */
  async digests(folder: string): Promise<Map<string, string>> {
    const { stdout } = await new Deno.Command("find", {
      args: [".", "-type", "f", "-exec", "sha256sum", "{}", "+"],
      cwd: join(this.folder, folder),
    }).output();
    const lines = new TextDecoder().decode(stdout).trim().split("\n");
    return new Map(
      lines.map((line): [string, string] => [line.slice(66), line.slice(0, 64)])
        .sort(([a], [b]) => a < b ? -1 : 1),
    );
  }

  /** What a store remembers of every instance that ran, sorted by instance. */
  async records(store: string): Promise<RunRecord[]> {
    const found: RunRecord[] = [];
    for await (const shelf of Deno.readDir(join(store, "records"))) {
      for await (const { name } of Deno.readDir(join(store, "records", shelf.name))) {
        const path = join(store, "records", shelf.name, name);
        found.push(JSON.parse(await Deno.readTextFile(path)));
      }
    }
    return found.sort((a, b) => a.instance < b.instance ? -1 : 1);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.outer, { recursive: true });
  }
}
