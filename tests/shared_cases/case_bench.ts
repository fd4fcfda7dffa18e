/**
 * A copy of the project that knows the corpora of the shared cases, and runs their commands.
 *
 * @module
 */
import { strict as assert } from "node:assert";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Outcome, ProjectCopy } from "../project_copy.ts";
import { todaysKinds } from "../testdata/todays_kinds.ts";

/** Where the cases are. */
export const casesFolder = fileURLToPath(new URL("../../../shared/cases", import.meta.url));

/** What a case's expected outcome is held against. */
export type CaseCheck = (bench: CaseBench) => Promise<void>;

/** The project with a case in it. Remove it with `await using`. */
export class CaseBench {
  private constructor(readonly name: string, readonly project: ProjectCopy) {}

  /** A project that all cases of {@linkcode of} share. */
  static async open(): Promise<CaseBench> {
    const project = await ProjectCopy.create();
    for (const name of caseNames()) {
      await Deno.mkdir(join(project.folder, "cases", name), { recursive: true });
      for (const { name: file } of Deno.readDirSync(join(casesFolder, name))) {
        if (!file.endsWith(".yaml")) continue;
        const text = await Deno.readTextFile(join(casesFolder, name, file));
        if (file === "entry.yaml") await append(project, text);
        else await Deno.writeTextFile(join(project.folder, "cases", name, file), todaysKinds(text));
      }
    }
    return new CaseBench("", project);
  }

  /** The same project, with the mirror and the pipelines of a case. */
  of(name: string): CaseBench {
    return new CaseBench(name, this.project);
  }

  /** Runs `crosstie <command> -f …` on a pipeline of the case. */
  async crosstie(
    command: string,
    args: readonly string[] = [],
    { file = "pipeline.yaml", env = {} }: { file?: string; env?: Record<string, string> } = {},
  ): Promise<Outcome> {
    const mirror = [this.project.folder, casesFolder].map((folder) =>
      join(folder, folder === casesFolder ? "" : "cases", this.name, "mirror")
    ).find((folder) => existsSync(folder));
    return await this.project.crosstie(
      [command, "-f", join("cases", this.name, file), ...args],
      { ...mirror && { CROSSTIE_MIRROR: mirror }, ...env },
    );
  }

  /** Runs the case's pipeline to its end. */
  async run(env: Record<string, string> = {}): Promise<string> {
    const { code, stdout, stderr } = await this.crosstie("run", [], { env });
    assert.equal(code, 0, stdout + stderr);
    return stdout;
  }

  /** What the case's pipeline ends with when a stage fails. */
  async failure(...args: string[]): Promise<string> {
    const { code, stdout, stderr } = await this.crosstie("run", args);
    assert.deepEqual([code, stderr], [1, ""], stdout + stderr);
    return stdout;
  }

  /** The rows of a query, lists of their cells. */
  async rows(query: string, env: Record<string, string> = {}): Promise<unknown[][]> {
    const { code, stdout, stderr } = await this.crosstie("sql", ["--format", "json", query], {
      env,
    });
    assert.equal(code, 0, stderr);
    return (JSON.parse(stdout) as Record<string, unknown>[]).map((row) => Object.values(row));
  }

  /** Oddities but the one of every file without a pin, ordered: split, kind, action, line, detail. */
  async oddities(): Promise<unknown[][]> {
    return await this.rows(
      "SELECT split, oddity, action, line, detail FROM oddities WHERE oddity != 'unpinnedFile' " +
        "ORDER BY ALL",
    );
  }

  /** Adds a corpus of our own to the project: an entry, its files, and a pipeline that reads it. */
  async addCorpus(
    entry: string,
    languages: readonly string[],
    files: Readonly<Record<string, string | Uint8Array>>,
  ): Promise<void> {
    await append(this.project, `\n  ${this.name}:\n${entry.replace(/^/gm, "    ")}\n`);
    const folder = join(this.project.folder, "cases", this.name);
    for (const [path, content] of Object.entries(files)) {
      const file = join(folder, "mirror/cases.example", path);
      await Deno.mkdir(dirname(file), { recursive: true });
      const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
      await Deno.writeFile(file, bytes);
    }
    await Deno.writeTextFile(
      join(folder, "pipeline.yaml"),
      `name: ${this.name}
stages:
  corpus:
    use: download
    matrix: { language: [${languages.join(", ")}] }
    with: { corpus: ${this.name}, language: $language }
`,
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.project[Symbol.asyncDispose]();
  }
}

/** The cases that there are. */
export function caseNames(): string[] {
  return [...Deno.readDirSync(casesFolder)].filter(({ isDirectory }) => isDirectory)
    .map(({ name }) => name).sort();
}

async function append(project: ProjectCopy, entry: string): Promise<void> {
  const path = join(project.folder, "data/sources.yaml");
  await Deno.writeTextFile(path, `${await Deno.readTextFile(path)}${entry}`);
}
