import { strict as assert } from "node:assert";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { ProjectCopy } from "./project_copy.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const corpora = fileURLToPath(new URL("../../shared/mirror", import.meta.url));

/** What computes with floating point, and what follows from it. */
const numeric =
  /^(train|evaluate|selected|scores|attentionBefore|attentionAfter|intervals|comparison)\[|^(attentionBefore|claims) /;

Deno.test({
  name:
    "a fresh smoke run of the SLICER study gives the bytes of its lock (needs ../shared/mirror)",
  ignore: !existsSync(corpora),
  async fn() {
    await using project = await ProjectCopy.create();
    await Deno.mkdir(join(project.folder, "experiments"));
    for (const name of ["slicer.yaml", "slicer.lock"]) {
      await Deno.copyFile(
        join(root, "experiments", name),
        join(project.folder, "experiments", name),
      );
    }
    const smoke = ["-f", "experiments/slicer.yaml", "--profile", "smoke"];
    const { code, stdout, stderr } = await project.crosstie(["run", ...smoke, "--locked"], {
      CROSSTIE_MIRROR: `${join(root, "tests/fixtures/mirror")}:${corpora}`,
    });
    assert.match(stdout, /\b203 ran, 0 fresh, 0 failed/, stdout + stderr);
    const differences = stdout.split("\n").filter((line) =>
      / (is not locked|is only in the lock|is not here|has other bytes): /.test(line)
    );
    // Another processor may round otherwise; nothing else may differ.
    const isElsewhere = differences.some((line) =>
      /, on .* by the lock and on .* here$/.test(line)
    );
    const unexplained = differences.filter((line) =>
      !isElsewhere || !numeric.test(line) || !/ has other bytes: /.test(line)
    );
    assert.deepEqual(unexplained, []);
    if (isElsewhere) return;
    assert.equal(code, 0, stdout + stderr);
    const verified = await project.crosstie(["verify", ...smoke, "--lock"]);
    assert.match(verified.stdout, /^203 instances: the bytes are those of the lock\n/);
  },
});
