import { strict as assert } from "node:assert";
import { fileURLToPath } from "node:url";

const project = fileURLToPath(new URL("..", import.meta.url));

async function crosstie(args: readonly string[], cwd: string) {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--quiet", `${project}/main.ts`, ...args],
    cwd,
    env: { CROSSTIE_CACHE: `${cwd}/store`, NO_COLOR: "1" },
  }).output();
  const [out, err] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
  return { code, out, err };
}

Deno.test("init writes a pipeline that runs as it is, and nothing over another", async () => {
  const folder = await Deno.makeTempDir();
  const name = `study-${crypto.randomUUID()}`;
  try {
    const { code, out } = await crosstie(["init", `${name}.yaml`], folder);
    assert.deepEqual([code, out], [
      0,
      `wrote ${name}.yaml; run it with: deno task pipeline -f ${name}.yaml\n`,
    ]);
    const text = await Deno.readTextFile(`${folder}/${name}.yaml`);
    assert.match(text, new RegExp(`^name: ${name}$`, "m"));
    const schema = /\$schema=(\S+)/.exec(text)![1];
    assert.equal(
      await Deno.realPath(`${folder}/${schema}`),
      await Deno.realPath(`${project}/data/pipeline.schema.json`),
    );
    const run = await crosstie(["run", "-f", `${name}.yaml`], folder);
    assert.deepEqual([run.code, run.err], [0, ""], run.out);
    assert.match(run.out, /20 ran, 0 fresh, 0 failed/);
    assert.match(run.out, /Micro F1 of entity spans/);
    const again = await crosstie(["init", `${name}.yaml`], folder);
    assert.equal(again.code, 2);
    assert.equal(
      again.err,
      `Cannot write ${name}.yaml: it is there already\n` +
        "  name another file: deno task init my_study.yaml\n",
    );
    assert.equal(await Deno.readTextFile(`${folder}/${name}.yaml`), text);
  } finally {
    await Deno.remove(folder, { recursive: true });
    await Deno.remove(`${project}/results/${name}`, { recursive: true }).catch(() => {});
  }
});
