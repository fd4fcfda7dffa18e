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

Deno.test("several files are one graph to run and status, and one too many for sql", async () => {
  const folder = await Deno.makeTempDir();
  const names = ["one", "two"].map((name) => `${name}-${crypto.randomUUID().slice(0, 8)}`);
  const files = await Promise.all(names.map(async (name) => {
    const file = `${folder}/${name}.yaml`;
    await Deno.writeTextFile(
      file,
      `name: ${name}\nstages:\n` +
        "  corpus: { use: download, with: { corpus: sample, language: eng, limit: { train: 9 } } }\n",
    );
    return file;
  }));
  const crosstie = async (command: string, ...args: string[]) => {
    const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--quiet", "main.ts", command, "-f", files[0], "-f", files[1], ...args],
      cwd: projectFolder,
      env: {
        CROSSTIE_CACHE: `${folder}/store`,
        CROSSTIE_RESULTS: `${folder}/results`,
        NO_COLOR: "1",
      },
      stdin: "null",
    }).output();
    const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
    return { code, out: text(stdout), err: text(stderr) };
  };
  try {
    const dry = await crosstie("run", "--dry-run");
    assert.equal(
      dry.out,
      `would run  ${names[0]}:corpus  neverRan\n` +
        `shared     ${names[1]}:corpus  with ${names[0]}:corpus\n` +
        "1 would run, 0 may run, 0 fresh, 1 shared\n",
      dry.err,
    );
    const ran = await crosstie("run");
    assert.match(ran.out, /^1 ran, 1 fresh, 0 failed/m, ran.err);
    for (const name of names) assert.match(ran.out, new RegExp(`^✓ ${name}:corpus `, "m"));
    const status = await crosstie("status", `${names[1]}:corpus`);
    assert.match(status.out, new RegExp(`^${names[1]}:corpus +1 +0 +0\n$`, "m"));
    const { code, err } = await crosstie("sql", "SELECT 1");
    assert.equal(code, 2);
    assert.match(err, /^Cannot do this with 2 pipeline files at once: /);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
