/**
 * A temporary project of small modules, whose code is derived.
 *
 * @module
 */
import { deriveCode, type StageCode } from "../code.ts";

/** A temporary project. Dispose of it with `await using`. */
export class Modules implements AsyncDisposable {
  private constructor(readonly folder: string) {}

  /** Writes files by their path. */
  static async create(files: Readonly<Record<string, string>>): Promise<Modules> {
    const modules = new Modules(await Deno.makeTempDir({ prefix: "crosstie-" }));
    for (const [path, text] of Object.entries(files)) await modules.write(path, text);
    return modules;
  }

  /** Writes a file, and its folder where there is none. */
  async write(path: string, text: string): Promise<void> {
    const place = `${this.folder}/${path}`;
    await Deno.mkdir(place.slice(0, place.lastIndexOf("/")), { recursive: true });
    await Deno.writeTextFile(place, text);
  }

  /** Where what is derived is kept. */
  get cacheFile(): string {
    const [{ name }] = [...Deno.readDirSync(`${this.folder}/store/code`)];
    return `${this.folder}/store/code/${name}`;
  }

  /** The code of modules, by their names without `.ts`. */
  async derive(...names: string[]): Promise<StageCode[]> {
    const urls = names.map((name) => [name, [`file://${this.folder}/${name}.ts`]]);
    const code = await deriveCode(Object.fromEntries(urls), this.folder, `${this.folder}/store`);
    return names.map((name) => code.get(name)!);
  }

  /** The code of a module, once it is kept for other runs: its files have to be left alone a while. */
  async deriveAndKeep(name: string): Promise<StageCode> {
    for (;;) {
      const [code] = await this.derive(name);
      const { stages } = JSON.parse(await Deno.readTextFile(this.cacheFile));
      if (stages[`${name}.ts`] !== undefined) return code;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.folder, { recursive: true });
  }
}
