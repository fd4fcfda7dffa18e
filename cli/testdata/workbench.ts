/**
 * A small pipeline of real stages for tests of commands.
 *
 * @module
 */
import { strict as assert } from "node:assert";
import { fileURLToPath } from "node:url";

const project = fileURLToPath(new URL("../..", import.meta.url));

const pipeline = (name: string) => `
name: ${name}
params: { languages: [eng, deu], train: 20 }
stages:
  corpus:
    use: download
    matrix: { language: $languages }
    with: { corpus: sample, language: $language, limit: { train: $train } }
  tokens:
    use: ner.tokenize
    matrix: { language: $languages }
    inputs: { corpus: corpus }
`;

/** A pipeline of two real stages, with a store and results of its own. */
export async function workbench(env: Readonly<Record<string, string>> = {}) {
  const folder = await Deno.makeTempDir();
  const name = `test-${crypto.randomUUID()}`;
  const file = `${folder}/pipeline.yaml`;
  await Deno.writeTextFile(file, pipeline(name));
  const spawn = (...args: string[]) =>
    new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--quiet", `${project}/main.ts`, ...args],
      env: {
        CROSSTIE_CACHE: `${folder}/store`,
        CROSSTIE_RESULTS: `${folder}/results`,
        NO_COLOR: "1",
        ...env,
      },
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
  const anything = async (...args: string[]) => {
    const { code, stdout, stderr } = await spawn(...args).output();
    const [out, err] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
    assert.equal(err, "");
    return { code, out };
  };
  return {
    folder,
    file,
    /** Runs a command line; it prints nothing on standard error. */
    anything,
    /** Starts a command on the pipeline. */
    spawn: (command: string, ...args: string[]) => spawn(command, "-f", file, ...args),
    /** Runs a command on the pipeline. */
    crosstie: (command: string, ...args: string[]) => anything(command, "-f", file, ...args),
    async [Symbol.asyncDispose]() {
      await Deno.remove(folder, { recursive: true });
    },
  };
}
