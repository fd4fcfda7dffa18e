import { strict as assert } from "node:assert";
import { dirname, join } from "node:path";
import { noCluster, SlurmCluster } from "../lib/slurm/testdata/cluster.ts";
import { blocks, readPages } from "./pages.ts";
import { ProjectCopy } from "./project_copy.ts";

const pages = await readPages();

/** Runs every block of commands of a page as it stands, one after the other; @returns what each prints */
async function walk(
  project: ProjectCopy,
  path: string,
  env: Readonly<Record<string, string>> = {},
): Promise<string[]> {
  const printed: string[] = [];
  for (const { place, text } of blocks(pages.find((page) => page.path === path)!, "sh")) {
    const { code, stdout, stderr } = await new Deno.Command("bash", {
      args: ["-euo", "pipefail", "-c", text],
      cwd: project.folder,
      env: {
        NO_COLOR: "1",
        CROSSTIE_CACHE: join(project.folder, ".crosstie"),
        PATH: `${dirname(Deno.execPath())}:${Deno.env.get("PATH")}`,
        ...env,
      },
    }).output();
    const out = new TextDecoder().decode(stdout);
    assert.equal(code, 0, `${place}\n${out}${new TextDecoder().decode(stderr)}`);
    printed.push(out);
  }
  return printed;
}

/** The columns that a page's snippets for Python and R ask a table for. */
function columnsNamed(path: string): Set<string> {
  const page = pages.find((each) => each.path === path)!;
  const [python, r] = ["python", "r"].map((language) =>
    blocks(page, language).map(({ text }) => text).join("\n")
  );
  const grouped = /group_by\(([^)]*)\)/.exec(python)![1] + /aggregate\(([^,]*),/.exec(r)![1];
  return new Set([
    ...[...python.matchAll(/(\w+)=/g), ...python.matchAll(/col\("(\w+)"\)/g)].map(([, name]) =>
      name
    ),
    ...[...r.matchAll(/scores\$(\w+)/g)].map(([, name]) => name),
    ...grouped.match(/\w+/g)!,
  ]);
}

Deno.test({
  name: "getting started and the how-tos: every block of commands runs as it stands",
  ignore: Deno.build.os === "windows",
  fn: async (t) => {
    await using project = await ProjectCopy.create();
    const text = (file: string) => Deno.readTextFile(join(project.folder, file));
    await t.step("from nothing to a corpus of one's own", async () => {
      const [, , run, look, use, zeroShot] = await walk(project, "docs/getting_started.md");
      assert.match(run, /8 ran, 0 fresh, 0 failed/);
      assert.match(look, /micro/);
      assert.match(use, /README\.md: \d+ files/);
      assert.match(zeroShot, /^train +0 +0 +2$/m);
      assert.match(await text("towns.html"), /<title>towns/);
      assert.match(await text("towns/models/train-seed-1/README.md"), /- swa of towns/);
    });
    await t.step("read the tables elsewhere", async () => {
      await walk(project, "docs/how_to/read_tables.md");
      const [header] = (await text("scores.csv")).split("\n");
      const named = columnsNamed("docs/how_to/read_tables.md");
      assert.ok(named.size > 3);
      assert.deepEqual([...named].filter((name) => !header.split(",").includes(name)), []);
      assert.ok(await Deno.stat(join(project.folder, "out/tables/scores.parquet")));
    });
    await t.step("add a corpus to the catalogue", async () => {
      const [, , look, pinned] = await walk(project, "docs/how_to/add_a_corpus.md");
      assert.match(look, /^train +4 +16\ntest +2 +7$/m);
      assert.match(look, /unpinnedFile/);
      assert.match(pinned, /1 ran, 0 fresh, 0 failed/);
      assert.doesNotMatch(pinned, /unpinnedFile/);
    });
    await t.step("add a stage", async () => {
      const [, , run] = await walk(project, "docs/how_to/add_a_stage.md");
      assert.match(run, /4 ran, 0 fresh, 0 failed/);
      assert.match(run, /^deu +\d+\.\d\neng +\d+\.\d$/m);
    });
    await t.step("share a cache", async () => {
      const [shared, verified] = await walk(project, "docs/how_to/share_a_cache.md");
      assert.match(shared, /0 ran, 8 fresh, 0 failed/);
      assert.match(verified, /8 instances: the bytes are those of the lock/);
    });
    await t.step({
      name: `run on Slurm (${noCluster ?? "a cluster of one node"})`,
      ignore: noCluster !== undefined,
      fn: async () => {
        await using cluster = await SlurmCluster.start();
        const [waited, left] = await walk(project, "docs/how_to/run_on_slurm.md", cluster.env);
        assert.match(waited, /8 ran, 0 fresh, 0 failed/);
        assert.match(left, /^submitted +train × 2/m);
      },
    });
  },
});
