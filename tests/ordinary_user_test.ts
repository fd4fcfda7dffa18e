import { strict as assert } from "node:assert";
import { join } from "node:path";
import { ProjectCopy } from "./project_copy.ts";

/** The user and the group `nobody`. */
const nobody = 65534;
const isRoot = Deno.build.os === "linux" && Deno.uid() === 0;

const pipeline = `name: small
stages:
  corpus: { use: download, with: { corpus: sample, language: eng, limit: { train: 20, test: 5 } } }
  tokens: { use: ner.tokenize, inputs: { corpus: corpus } }
  train:
    use: encoder.train
    with: { seed: 1, epochs: 1, maxSteps: 2, width: 16, heads: 2, batchSize: 4, learningRate: 0.001 }
    inputs: { examples: tokens }
  predict: { use: encoder.predict, inputs: { model: train, examples: tokens } }
  evaluate: { use: ner.evaluate, inputs: { predictions: predict } }
headline: scores
`;

Deno.test({
  name: "an ordinary user, below a home that cannot be written, runs, asks and reports (as root)",
  ignore: !isRoot,
  async fn() {
    await using project = await ProjectCopy.create("copy");
    const home = join(project.outer, "home");
    await Deno.writeTextFile(join(project.folder, "pipeline.yaml"), pipeline);
    await Deno.mkdir(home);
    await Deno.writeTextFile(join(home, "mine"), "as it was");
    // The program itself may lie where only root looks.
    await Deno.copyFile(Deno.execPath(), join(project.outer, "deno"));
    await run("chown", "-R", `${nobody}:${nobody}`, project.outer);
    await Deno.chmod(home, 0o555);
    const crosstie = async (...args: string[]) => {
      const { code, stdout, stderr } = await new Deno.Command(join(project.outer, "deno"), {
        args: ["run", "-A", "--quiet", "main.ts", ...args],
        cwd: project.folder,
        uid: nobody,
        gid: nobody,
        clearEnv: true,
        env: {
          PATH: Deno.env.get("PATH")!,
          HOME: home,
          NO_COLOR: "1",
          DENO_DIR: join(project.folder, ".deno"),
        },
      }).output();
      const [out, err] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
      assert.equal(code, 0, `${args.join(" ")}\n${out}${err}`);
      return out;
    };
    assert.match(await crosstie("run"), /5 ran, 0 fresh, 0 failed/);
    assert.match(await crosstie("run"), /0 ran, 5 fresh, 0 failed/);
    const asked = await crosstie("sql", "--format", "csv", "SELECT count(*) AS n FROM scores");
    assert.match(asked, /^n\r\n[1-9]\d*\r\n$/);
    await crosstie("report", "--output", "page.html");
    assert.match(await Deno.readTextFile(join(project.folder, "page.html")), /<title>small/);
    assert.match(await crosstie("gc", "--dry-run"), /./);
    assert.match(await crosstie("doctor"), /./);
    assert.deepEqual([...Deno.readDirSync(home)].map(({ name }) => name), ["mine"]);
    // All that it made is its own: nothing ran as somebody else.
    const foreign = await run(
      "find",
      project.folder,
      "!",
      "-uid",
      String(nobody),
      "!",
      "-type",
      "l",
    );
    assert.equal(foreign, "");
  },
});

async function run(command: string, ...args: string[]): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(command, { args }).output();
  assert.ok(success, new TextDecoder().decode(stderr));
  return new TextDecoder().decode(stdout);
}
