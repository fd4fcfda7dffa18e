/**
 * A place to repeat attacks in: projects of their own with small pipelines, driven by real commands,
 * whose time and memory are noted.
 *
 * @module
 */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { peakMemoryMib } from "../../lib/core/process_memory.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const parts = ["cli", "data", "lib", "stages", "main.ts", "deno.json", "deno.lock"];

/** The encoder of the tests, which is small. */
export const tinyEncoder = join(
  root,
  "tests/fixtures/mirror/huggingface.co/crosstie/tiny/resolve/v1",
);

/** Two languages, and what knowing names by heart says. */
export const tiny = `name: tiny
params: { languages: [eng, swa] }
stages:
  corpus:
    use: download
    matrix: { language: $languages }
    with: { corpus: sample, language: $language, limit: { train: 40, validation: 10, test: 20 } }
  tokens:
    use: ner.tokenize
    matrix: { language: $languages }
    inputs: { corpus: corpus }
  memorize:
    use: ner.memorize
    matrix: { source: $languages }
    inputs: { train: { stage: tokens, where: { language: $source } }, examples: tokens }
  floor:
    use: ner.evaluate
    matrix: { source: $languages }
    inputs: { predictions: memorize }
`;

/** A training from a checkpoint and a tokenizer that a stranger has written. */
export const training = `name: training
stages:
  corpus:
    use: download
    with: { corpus: sample, language: eng, limit: { train: 8, validation: 4, test: 4 } }
  tokens:
    use: ner.tokenize
    with: { tokenizer: model/tokenizer.json, maxTokens: 64 }
    inputs: { corpus: corpus }
  train:
    use: encoder.train
    with: { seed: 1, epochs: 1, batchSize: 4, learningRate: 0.001, encoder: model }
    inputs: { examples: tokens }
`;

/** How a command ended. */
export interface Ran {
  /** What was typed, behind `crosstie`. */
  readonly command: string;
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly seconds: number;
  /** Of the largest of its processes. */
  readonly peakMib: number;
  /** Whether it had to be ended. */
  readonly isEnded: boolean;
}

/** What is given to a command beside its arguments. */
export interface RunOptions {
  readonly env?: Record<string, string>;
  readonly stdin?: string;
  /** When it is ended, in s. */
  readonly within?: number;
}

/** A project in a folder of its own. Remove it with `await using`. */
export class Lab implements AsyncDisposable {
  private constructor(readonly folder: string) {}

  /** A project without results. */
  static async create(): Promise<Lab> {
    const folder = await Deno.makeTempDir({ prefix: "crosstie-replay-" });
    for (const part of parts) await copy(join(root, part), folder);
    await Deno.symlink(join(root, "node_modules"), join(folder, "node_modules"));
    return new Lab(folder);
  }

  /** A project in which {@linkcode tiny} has run. */
  static async withResults(): Promise<Lab> {
    const lab = await Lab.create();
    await lab.write("pipeline.yaml", tiny);
    const { code, stdout, stderr } = await lab.run(["run"]);
    if (code !== 0) throw new Error(`Cannot begin: ${stdout}${stderr}`);
    return lab;
  }

  /** A project with {@linkcode training}, and a model in the folder `model`. */
  static async withModel(): Promise<Lab> {
    const lab = await Lab.create();
    await lab.restoreModel();
    return lab;
  }

  /** Puts {@linkcode training} and its model back as they were. */
  async restoreModel(): Promise<void> {
    await this.write("pipeline.yaml", training);
    for (const name of ["model", "pipeline.lock"]) {
      await Deno.remove(this.at(name), { recursive: true }).catch(() => {});
    }
    await copy(tinyEncoder, this.at("model"));
  }

  /** The path of a file of the project. */
  at(...names: string[]): string {
    return join(this.folder, ...names);
  }

  /** Writes a file of the project; what is no text is written as JSON. */
  async write(name: string, content: unknown): Promise<void> {
    await Deno.remove(this.at(name)).catch(() => {});
    if (content instanceof Uint8Array) return await Deno.writeFile(this.at(name), content);
    const text = typeof content === "string" ? content : JSON.stringify(content);
    await Deno.writeTextFile(this.at(name), text);
  }

  /** Writes a file of JSON anew, with some fields changed. */
  async change(name: string, fields: object): Promise<void> {
    const before = JSON.parse(await Deno.readTextFile(this.at(name)));
    await this.write(name, { ...before, ...fields });
  }

  /** Runs `crosstie …` in the project. */
  async run(args: readonly string[], options: RunOptions = {}): Promise<Ran> {
    const { env = {}, stdin, within = 240 } = options;
    const startedAt = performance.now();
    const child = new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--quiet", this.at("main.ts"), ...args],
      cwd: this.folder,
      env: { CROSSTIE_CACHE: this.at(".crosstie"), NO_COLOR: "1", ...env },
      stdin: stdin === undefined ? "null" : "piped",
      stdout: "piped",
      stderr: "piped",
      detached: true,
    }).spawn();
    let peakMib = 0;
    const watch = setInterval(() => {
      for (const pid of family(child.pid)) peakMib = Math.max(peakMib, peakMemoryMib(pid));
    }, 100);
    let isEnded = false;
    const end = setTimeout(() => {
      isEnded = true;
      for (const pid of family(child.pid).reverse()) kill(pid);
    }, within * 1_000);
    if (stdin !== undefined) {
      const writer = child.stdin.getWriter();
      await writer.write(new TextEncoder().encode(stdin)).catch(() => {});
      await writer.close().catch(() => {});
    }
    const { code, stdout, stderr } = await child.output();
    clearInterval(watch);
    clearTimeout(end);
    const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
    return {
      command: args.join(" "),
      code,
      stdout: text(stdout),
      stderr: text(stderr),
      seconds: (performance.now() - startedAt) / 1_000,
      peakMib,
      isEnded,
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.folder, { recursive: true });
  }
}

async function copy(from: string, to: string): Promise<void> {
  const { success } = await new Deno.Command("cp", { args: ["-r", from, to] }).output();
  if (!success) throw new Error(`Cannot copy ${from}`);
}

/** A process and what it has started, itself first. */
function family(pid: number): number[] {
  let children: number[] = [];
  try {
    children = [...Deno.readDirSync(`/proc/${pid}/task`)].flatMap(({ name }) =>
      Deno.readTextFileSync(`/proc/${pid}/task/${name}/children`).split(" ").filter(Boolean)
    ).map(Number);
  } catch {
    // It has ended.
  }
  return [pid, ...children.flatMap(family)];
}

function kill(pid: number): void {
  try {
    Deno.kill(pid, "SIGKILL");
  } catch {
    // It has ended.
  }
}
