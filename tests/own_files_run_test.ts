import { strict as assert } from "node:assert";
import { join } from "node:path";
import { ProjectCopy } from "./project_copy.ts";

const pipeline = `
name: own
stages:
  news:
    use: read
    with: { corpus: news, language: swa, format: text, files: { train: data/own/news.txt } }
  reviews:
    use: read.texts
    with: { corpus: reviews, language: swa, labels: [good, bad], files: { test: data/own/r.csv } }
  pieces: { use: mlm.tokenize, with: { maxTokens: 64 }, inputs: { corpus: news } }
`;

Deno.test("an edited file of the project makes its corpus run, and a missing one nothing", async () => {
  await using project = await ProjectCopy.create();
  const file = (name: string) => join(project.folder, name);
  await Deno.mkdir(file("data/own"));
  await Deno.writeTextFile(file("own.yaml"), pipeline);
  await Deno.writeTextFile(file("data/own/news.txt"), "Habari za asubuhi\nAda analala\n");
  await Deno.writeTextFile(file("data/own/r.csv"), "text,label\nnzuri,good\n");
  const run = async (): Promise<string[]> => {
    const { stdout, code } = await project.crosstie(["run", "-f", "own.yaml", "--json"]);
    assert.equal(code, 0, stdout);
    return stdout.trim().split("\n").map((line) => JSON.parse(line))
      .flatMap(({ event, instance }) => event === "instanceDone" ? [instance] : []).sort();
  };
  assert.deepEqual(await run(), ["news", "pieces", "reviews"]);
  assert.deepEqual(await run(), []);

  await project.edit("data/own/news.txt", "Ada", "Lin");
  assert.deepEqual(await run(), ["news", "pieces"]);
  await project.edit("data/own/r.csv", "nzuri", "nzuri sana");
  assert.deepEqual(await run(), ["reviews"]);
  // What a corpus gave before is still there.
  await project.edit("data/own/news.txt", "Lin", "Ada");
  assert.deepEqual(await run(), []);

  await project.edit("data/own/r.csv", "good", "fine");
  const failed = await project.crosstie(["run", "-f", "own.yaml"]);
  assert.equal(failed.code, 1);
  const told = 'data/own/r.csv:2:1: Cannot use the label "fine": this corpus has good, bad';
  assert.ok((failed.stdout + failed.stderr).includes(told), failed.stdout + failed.stderr);

  await Deno.remove(file("data/own/news.txt"));
  const missing = await project.crosstie(["run", "-f", "own.yaml"]);
  assert.equal(missing.code, 2);
  assert.match(
    missing.stderr,
    /own\.yaml:6:\d+: Cannot read "data\/own\/news\.txt" as train: there is no such file/,
  );
});
