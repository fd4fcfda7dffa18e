import { strict as assert } from "node:assert";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";

const project = fileURLToPath(new URL("..", import.meta.url));

async function crosstie(args: readonly string[], cwd: string) {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--quiet", `${project}/main.ts`, ...args],
    cwd,
    env: { CROSSTIE_CACHE: `${cwd}/store`, CROSSTIE_RESULTS: `${cwd}/results`, NO_COLOR: "1" },
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
    assert.match(await Deno.readTextFile(`${folder}/results/catalog.sql`), new RegExp(`"${name}/`));
    const again = await crosstie(["init", `${name}.yaml`], folder);
    assert.equal(again.code, 2);
    assert.equal(
      again.err,
      `Cannot write ${name}.yaml: something of that name is there already\n` +
        "  name another file: deno task init my_study.yaml\n",
    );
    assert.equal(await Deno.readTextFile(`${folder}/${name}.yaml`), text);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("init makes folders, and names a pipeline by its folder", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const cases: [given: string, file: string, shown: string, name: string][] = [
      ["studies/mine", "studies/mine/pipeline.yaml", "studies/mine/pipeline.yaml", "mine"],
      ["studies", "studies/pipeline.yaml", "studies/pipeline.yaml", "studies"],
      ["a b/it's.yml", "a b/it's.yml", "'a b/it'\\''s.yml'", "it_s"],
      ["2027/pipeline.yaml", "2027/pipeline.yaml", "2027/pipeline.yaml", "study_2027"],
    ];
    for (const [given, file, shown, name] of cases) {
      const { code, out, err } = await crosstie(["init", given], folder);
      assert.deepEqual([code, err], [0, ""]);
      assert.equal(out, `wrote ${file}; run it with: deno task pipeline -f ${shown}\n`);
      const text = await Deno.readTextFile(`${folder}/${file}`);
      assert.match(text, new RegExp(`^name: ${name}$`, "m"));
      const schema = /\$schema=(\S+)/.exec(text)![1];
      assert.equal(
        await Deno.realPath(`${dirname(`${folder}/${file}`)}/${schema}`),
        await Deno.realPath(`${project}/data/pipeline.schema.json`),
      );
    }
    await Deno.writeTextFile(`${folder}/text`, "");
    const { code, err } = await crosstie(["init", "text/mine.yaml"], folder);
    assert.equal(code, 2);
    assert.match(err, /^Cannot /);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
