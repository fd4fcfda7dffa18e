import { strict as assert } from "node:assert";
import { projectFolder } from "./folders.ts";

Deno.test("a file is named from where deno task was called", async () => {
  const folder = await Deno.makeTempDir();
  const text =
    "name: called\nstages:\n  corpus: { use: download, with: { corpus: sample, language: eng } }\n";
  await Deno.writeTextFile(`${folder}/here.yaml`, text);
  const status = async (env: Record<string, string>) => {
    const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--quiet", "main.ts", "status", "-f", "here.yaml"],
      cwd: projectFolder,
      env: { ...env, CROSSTIE_CACHE: `${folder}/store` },
    }).output();
    const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
    return { code, out: text(stdout), err: text(stderr) };
  };
  try {
    const { code, out } = await status({ INIT_CWD: folder });
    assert.equal(code, 0);
    assert.match(out, /corpus/);
    const { code: nowhere, err } = await status({ INIT_CWD: projectFolder });
    assert.equal(nowhere, 2);
    assert.match(err, /^Cannot find "here\.yaml"/);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
