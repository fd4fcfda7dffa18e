/**
 * A run that has nothing to do twice takes the short way, until anything at all is another.
 */
import { strict as assert } from "node:assert";
import { join } from "node:path";
import { ProjectCopy } from "./project_copy.ts";

const pipeline = `
name: short
headline: oddities
stages:
  corpus: { use: download, with: { corpus: sample, language: eng, limit: { train: 20 } } }
  tokens: { use: ner.tokenize, with: { tokenizer: words }, inputs: { corpus: corpus } }
`;
const rest = () => new Promise((resolve) => setTimeout(resolve, 2_200));

/** Where a file is that begins with something, below a folder. */
function fileIn(folder: string, start: string): string {
  const [{ name }] = [...Deno.readDirSync(folder)].filter(({ name }) => name.startsWith(start));
  return join(folder, name);
}

Deno.test("a run with nothing to do twice looks at states alone, and at every one", async (t) => {
  await using copy = await ProjectCopy.create();
  const store = join(copy.folder, ".crosstie");
  const fixtures = new URL("./fixtures/tokenizers/", import.meta.url);
  await Deno.mkdir(join(copy.folder, "words"));
  const tokenizer = join(copy.folder, "words/tokenizer.json");
  await Deno.symlink(".", join(copy.folder, "lib/round"));
  await Deno.copyFile(new URL("trained.json", fixtures), tokenizer);
  await Deno.writeTextFile(join(copy.folder, "short.yaml"), pipeline.replace(/headline.*\n/, ""));
  /** Whether a run went the whole way; it must end well. */
  const looks = async (env?: Record<string, string>): Promise<boolean> => {
    const journals = () => [...Deno.readDirSync(`${store}/runs`)].length;
    const before = journals();
    const { code, stdout, stderr } = await copy.crosstie(["run", "-f", "short.yaml"], env);
    assert.equal(code, 0, stderr);
    assert.match(stdout, /^\d ran, \d fresh, 0 failed in .+ s$/m);
    return journals() > before;
  };
  const settle = async () => {
    await rest();
    await looks();
    assert.equal(await looks(), false, "it has settled");
  };

  await Deno.mkdir(`${store}/runs`, { recursive: true });
  assert.equal(await looks(), true);
  assert.equal(await looks(), true, "all is too young");
  await settle();
  assert.equal(await looks({ CROSSTIE_MIRROR: "/elsewhere" }), true);
  assert.equal(await looks(), false);

  const results = join(copy.folder, "results/short/default");
  const result = async () => {
    const manifest = JSON.parse(await Deno.readTextFile(join(results, "manifest.json")));
    return manifest.tables.sentences.files[0] as { digest: string; fingerprint: string };
  };
  const changes: Record<string, () => Promise<void>> = {
    "the pipeline file": () => copy.edit("short.yaml", "train: 20", "train: 21"),
    "a comment in the command line's code": () =>
      copy.edit("cli/run.ts", "/** The command. */", "/** It. */"),
    "the catalogue": () => copy.edit("data/sources.yaml", "\n", "\n\n"),
    "a file beside the tokenizer": () =>
      Deno.writeTextFile(join(copy.folder, "words/tokenizer_config.json"), "{}"),
    "a record": async () => {
      const { fingerprint } = await result();
      await Deno.remove(`${store}/records/${fingerprint.slice(0, 2)}/${fingerprint}.json`);
    },
    "a content, its size and time kept": async () => {
      const { digest } = await result();
      const path = `${store}/objects/${digest.slice(0, 2)}/${digest}`;
      const { size, atime, mtime } = await Deno.stat(path);
      await Deno.chmod(path, 0o644);
      await Deno.writeTextFile(path, "x".repeat(size));
      await Deno.utime(path, atime!, mtime!);
    },
    "a result": () => Deno.remove(fileIn(`${results}/sentences`, "corpus")),
    "a result that is a copy": async () => {
      const path = fileIn(`${results}/sentences`, "corpus");
      await new Deno.Command("cp", { args: ["-p", path, `${path}.copy`] }).output();
      await Deno.rename(`${path}.copy`, path);
      await settle();
      await Deno.chmod(path, 0o644);
      await Deno.writeTextFile(path, "x");
    },
    "the lock": () => Deno.remove(join(copy.folder, "short.lock")),
  };
  for (const [what, change] of Object.entries(changes)) {
    await t.step(`${what} is looked at`, async () => {
      await change();
      assert.equal(await looks(), true);
      await settle();
    });
  }
});

Deno.test("what the long way prints, the short way prints", async () => {
  await using copy = await ProjectCopy.create();
  await Deno.writeTextFile(
    join(copy.folder, "short.yaml"),
    pipeline.replace(/ {2}tokens.*\n/, "")
      .replace("name:", "params: { unused: 1 }\nname:"),
  );
  const run = async () => await copy.crosstie(["run", "-f", "short.yaml"]);
  await run();
  await rest();
  const long = await run();
  const short = await run();
  const steady = (text: string) => text.replace(/\d+\.\d s/, "… s");
  assert.equal(steady(short.stdout), steady(long.stdout));
  assert.equal(short.stderr, long.stderr);
  assert.match(short.stderr, /unused/);
  assert.equal(short.code, 0);
});
