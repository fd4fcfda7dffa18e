import { strict as assert } from "node:assert";
import { assertWhole, outcome, published } from "./testdata/aftermath.ts";
import { Laboratory } from "./testdata/laboratory.ts";

const pipeline = `
name: full
params: { words: [ape, bee, cat, dog, eel, fox] }
stages:
  words:
    use: write
    matrix: { word: $words }
    with: { text: $word, copies: 50000 }
  all:
    use: concat
    with: { first: 40000 }
    inputs: { texts: words }
`;

/** Mounts a small disk of its own; false where that is not allowed. */
async function mount(folder: string): Promise<boolean> {
  if (Deno.build.os !== "linux" || Deno.uid() !== 0) return false;
  const args = ["-t", "tmpfs", "-o", "size=600k", "tmpfs", folder];
  try {
    return (await new Deno.Command("mount", { args, stderr: "null" }).output()).success;
  } catch {
    return false; // no such program
  }
}

const probe = await Deno.makeTempDir();
const allowed = await mount(probe);
if (allowed) await new Deno.Command("umount", { args: [probe] }).output();
await Deno.remove(probe);

Deno.test({
  name: `a disk that fills up loses nothing, and with space the run goes on${
    allowed ? "" : " (skipped: only root may mount a small disk)"
  }`,
  ignore: !allowed,
  async fn() {
    await using reference = await Laboratory.create(pipeline);
    await reference.run();
    await using lab = await Laboratory.create(pipeline);
    await Deno.mkdir(`${lab.folder}/store`);
    assert.ok(await mount(`${lab.folder}/store`));
    try {
      const { summary, errors, code, events } = await lab.run({ keepGoing: true });
      const said = errors +
        events.map((each) => each.event === "instanceFailed" ? each.message : "").join("\n");
      assert.match(said, /No space left on device|ENOSPC/);
      assert.ok(code !== 0 || summary!.failed > 0);
      await assertWhole(lab, "full");
      const before = await published(lab);
      assert.ok(before.size < 7);
      const grow = ["-o", "remount,size=10m", `${lab.folder}/store`];
      await new Deno.Command("mount", { args: grow }).output();
      const next = await lab.run();
      assert.equal(next.errors, "");
      assert.equal(next.ran.length, 7 - before.size);
      assert.ok(!next.ran.some((id) => before.has(id)));
      assert.equal(await outcome(lab), await outcome(reference));
    } finally {
      await new Deno.Command("umount", { args: ["-l", `${lab.folder}/store`] }).output();
    }
  },
});
