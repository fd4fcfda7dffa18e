import { strict as assert } from "node:assert";
import { fileURLToPath } from "node:url";
import { makePlan } from "../lib/plan/plan.ts";
import { stages } from "../stages/mod.ts";

const project = fileURLToPath(new URL("..", import.meta.url));

async function crosstie(args: readonly string[], cache: string) {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--quiet", `${project}main.ts`, ...args],
    env: { CROSSTIE_CACHE: cache, NO_COLOR: "1" },
  }).output();
  const [out, err] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
  return { code, out, err };
}

Deno.test("init writes a pipeline that runs as it is, and overwrites nothing", async () => {
  const folder = await Deno.makeTempDir();
  const name = `starter-${crypto.randomUUID()}`;
  const file = `${folder}/a folder/${name}/pipeline.yaml`;
  try {
    const args = ["init", `${folder}/a folder/${name}/`];
    const first = await crosstie(args, `${folder}/store`);
    assert.deepEqual(first, {
      code: 0,
      out: `wrote ${file}; run it with\n  deno task pipeline -f '${file}'\n`,
      err: "",
    });
    const written = await Deno.readTextFile(file);
    const schema = /\$schema=(.*)/.exec(written)![1];
    assert.ok(JSON.parse(await Deno.readTextFile(`${folder}/a folder/${name}/${schema}`)));
    const { plan, warnings } = await makePlan({ file }, stages);
    assert.deepEqual([plan.pipeline, plan.instances.length, warnings], [name, 19, []]);

    const run = ["run", "-f", file, "--set", "epochs=1", "--set", "languages=[eng]"];
    const ran = await crosstie(run, `${folder}/store`);
    assert.deepEqual([ran.code, ran.err], [0, ""]);
    assert.match(ran.out, /5 ran, 0 fresh, 0 failed/);
    assert.match(ran.out, /source ↓ {2}target →/);

    const again = await crosstie(args, `${folder}/store`);
    assert.deepEqual([again.code, again.out], [2, ""]);
    assert.match(again.err, /^Cannot write ".*": it is there already\n {2}name another folder/);
    assert.equal(await Deno.readTextFile(file), written);
  } finally {
    await Deno.remove(folder, { recursive: true });
    await Deno.remove(`${project}results/${name}`, { recursive: true }).catch(() => {});
  }
});
