import { strict as assert } from "node:assert";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { ProjectCopy } from "../project_copy.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const corpora = fileURLToPath(new URL("../../../shared/mirror", import.meta.url));

/** What computes with floating point, and what follows from it; the rest is the same everywhere. */
const exact =
  /^(encoder|encoderTokens|corpora|characters|spelt|wikiann|masakhaner|sentiment|japanese|unseen|treebanks?|tokens|nerTokens|posTokens|pieces|sentences|french|single|joint|shots|someEnglish|nerPool)\b/;

/** Runs the smoke profile of a study of so many instances, and holds what it gives to its lock. */
export function testSmokeRun(study: string, instances: number): void {
  Deno.test({
    name: `a fresh smoke run of ${study} gives the bytes of its lock (needs ../shared/mirror)`,
    ignore: !existsSync(corpora),
    async fn() {
      await using project = await ProjectCopy.create();
      await Deno.mkdir(join(project.folder, "experiments"));
      for (const ending of ["yaml", "lock"]) {
        const file = `experiments/${study}.${ending}`;
        await Deno.copyFile(join(root, file), join(project.folder, file));
      }
      const smoke = ["-f", `experiments/${study}.yaml`, "--profile", "smoke"];
      const { code, stdout, stderr } = await project.crosstie(["run", ...smoke, "--locked"], {
        CROSSTIE_MIRROR: `${join(root, "tests/fixtures/mirror")}:${corpora}`,
      });
      // Two instances that come to the same run once, or twice when both start at once.
      const [, ran, fresh] = /\b(\d+) ran, (\d+) fresh, 0 failed/.exec(stdout) ?? [];
      assert.equal(Number(ran) + Number(fresh), instances, stdout + stderr);
      const differences = stdout.split("\n").filter((line) =>
        / (is not locked|is only in the lock|is not here|has other bytes): /.test(line)
      );
      // Another processor may round otherwise; nothing else may differ.
      const isElsewhere = differences.some((line) =>
        /, on .* by the lock and on .* here$/.test(line)
      );
      const unexplained = differences.filter((line) =>
        !isElsewhere || exact.test(line) || !/ has other bytes: /.test(line)
      );
      assert.deepEqual(unexplained, []);
      if (isElsewhere) return;
      assert.equal(code, 0, stdout + stderr);
      const verified = await project.crosstie(["verify", ...smoke, "--lock"]);
      assert.match(
        verified.stdout,
        new RegExp(`^${instances} instances: the bytes are those of the lock\n`),
      );
    },
  });
}
