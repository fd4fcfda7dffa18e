import { strict as assert } from "node:assert";
import { dirname, join } from "node:path";
import { blocks, readPages } from "./pages.ts";
import { ProjectCopy } from "./project_copy.ts";

Deno.test({
  name: "getting started: every block of commands runs as it stands, one after the other",
  ignore: Deno.build.os === "windows",
  fn: async () => {
    await using project = await ProjectCopy.create();
    const page = (await readPages()).find(({ path }) => path === "docs/getting_started.md")!;
    const found = blocks(page, "sh");
    assert.equal(found.length, 5);
    const printed: string[] = [];
    for (const { place, text } of found) {
      const { code, stdout, stderr } = await new Deno.Command("bash", {
        args: ["-euo", "pipefail", "-c", text],
        cwd: project.folder,
        env: {
          NO_COLOR: "1",
          CROSSTIE_CACHE: join(project.folder, ".crosstie"),
          PATH: `${dirname(Deno.execPath())}:${Deno.env.get("PATH")}`,
        },
      }).output();
      const out = new TextDecoder().decode(stdout);
      assert.equal(code, 0, `${place}\n${out}${new TextDecoder().decode(stderr)}`);
      printed.push(out);
    }
    const [, , run, look, use] = printed;
    assert.match(run, /8 ran, 0 fresh, 0 failed/);
    assert.match(look, /micro/);
    assert.match(use, /README\.md: \d+ files/);
    assert.match(await Deno.readTextFile(join(project.folder, "towns.html")), /<title>towns/);
    const card = join(project.folder, "towns/models/train-seed-1/README.md");
    assert.match(await Deno.readTextFile(card), /- swa of towns/);
  },
});
