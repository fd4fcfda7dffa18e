import { strict as assert } from "node:assert";
import { existsSync } from "node:fs";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";

const project = fileURLToPath(new URL("..", import.meta.url));
const masakhane = "raw.githubusercontent.com/masakhane-io/masakhane-ner/main";
const wikiann = "huggingface.co/datasets/unimelb-nlp/wikiann/resolve/main";
const good = "Ada B-PER\nsaid O\n\nin O\nRome B-LOC\n";
const named = (train: string, dev = good): Record<string, string> => ({
  [`${masakhane}/MasakhaNER2.0/data/hau/train.txt`]: train,
  [`${masakhane}/MasakhaNER2.0/data/hau/dev.txt`]: dev,
  [`${masakhane}/MasakhaNER2.0/data/hau/test.txt`]: good,
});

/** Runs stage `download` on a mirror of a few files; folders and times are shortened. */
async function download(corpus: string, language: string, mirror: Record<string, string>) {
  const folder = await Deno.makeTempDir();
  const name = `test-${crypto.randomUUID()}`;
  try {
    for (const [place, text] of Object.entries(mirror)) {
      await Deno.mkdir(dirname(`${folder}/mirror/${place}`), { recursive: true });
      await Deno.writeTextFile(`${folder}/mirror/${place}`, text);
    }
    const file = `${folder}/pipeline.yaml`;
    const stage = `{ use: download, with: { corpus: ${corpus}, language: ${language} } }`;
    await Deno.writeTextFile(file, `name: ${name}\nstages:\n  corpus: ${stage}\n`);
    const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--quiet", `${project}/main.ts`, "run", "-f", file],
      env: {
        CROSSTIE_CACHE: `${folder}/store`,
        CROSSTIE_RESULTS: `${folder}/results`,
        CROSSTIE_MIRROR: `${folder}/mirror`,
        NO_COLOR: "1",
      },
    }).output();
    const steady = (bytes: Uint8Array) =>
      new TextDecoder().decode(bytes)
        .replaceAll(folder, "<folder>")
        .replace(/[0-9a-f]{2}\/[0-9a-f-]{36,64}/g, "<ab>/<id>")
        .replace(/[0-9a-f-]{36,64}/g, "<id>")
        .replace(/[\d.]+ s\b/g, "<seconds>");
    const published = ["objects", "records"].map((each) => filesIn(`${folder}/store/${each}`));
    const tables = filesIn(`${folder}/results/${name}`).filter((each) => each !== "manifest.json");
    return { code, out: steady(stdout), err: steady(stderr), records: published[1], tables };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

function filesIn(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return [...Deno.readDirSync(folder)].flatMap(({ name, isDirectory }) =>
    isDirectory ? filesIn(`${folder}/${name}`) : [name]
  );
}

Deno.test("a line with one column is shown with its place, what to do, and the log's place", async () => {
  const { code, out, err, records, tables } = await download(
    "masakhaner2",
    "hau",
    named(good, "Ada B-PER\nsaid\n"),
  );
  assert.equal(
    out,
    [
      "✗ corpus <seconds>: failed",
      `    <folder>/store/downloads/${masakhane}/MasakhaNER2.0/data/hau/dev.txt:2:1: Cannot read a word without a tag: "said"`,
      "      said",
      "      ~~~~",
      "      if the source has no labels here, declare `missingTags: outside` in data/sources.yaml",
      "    its log is <folder>/store/attempts/<ab>/<id>.<id>.log",
      "0 ran, 0 fresh, 1 failed in <seconds>",
      "",
    ].join("\n"),
  );
  assert.deepEqual([code, err, records, tables], [1, "", [], []]);
});

const failing: [about: string, corpus: string, mirror: Record<string, string>, message: RegExp][] =
  [
    [
      "an unknown tag",
      "masakhaner2 hau",
      named(good.replace("B-LOC", "B-LCO")),
      /train\.txt:5:6: Cannot use the tag "B-LCO": .*\n {6}Rome B-LCO\n {11}~{5}\n {6}did you mean "B-LOC"\?\n/,
    ],
    [
      "an empty split",
      "masakhaner2 hau",
      named(""),
      / {4}Cannot use the train split of masakhaner2 hau: no sentences\n {6}set `limit: \{train: 0\}`/,
    ],
    [
      "a wrong checksum",
      "masakhaner hau",
      { [`${masakhane}/data/hau/train.txt`]: good },
      / {4}Cannot accept \S+ of the mirror \S+ as its bytes .*: expected SHA-256 \S+, got \S+\n {6}the/,
    ],
    [
      "a truncated Parquet file",
      "wikiann ace",
      { [`${wikiann}/ace/train-00000-of-00001.parquet`]: "PAR1 and no more of it" },
      /./,
    ],
  ];

for (const [about, corpus, mirror, message] of failing) {
  Deno.test(`${about} fails the stage with 1 and publishes nothing`, async () => {
    const [name, language] = corpus.split(" ");
    const { code, out, err, records, tables } = await download(name, language, mirror);
    assert.match(out, message);
    assert.doesNotMatch(out, / at .*:\d+:\d+\)?$/m);
    assert.deepEqual([code, err, records, tables], [1, "", [], []]);
  });
}

Deno.test("an I- with no predecessor and an empty validation split are odd, not wrong", async () => {
  const { code, out, tables } = await download(
    "masakhaner2",
    "hau",
    named(`${good}\nAda I-PER\n`, ""),
  );
  assert.match(out, /^✓ corpus <seconds>\n1 ran, 0 fresh, 0 failed/);
  assert.equal(code, 0);
  assert.equal(tables.length, 4);
});

Deno.test("an unknown corpus ends with 2 before anything runs", async () => {
  const { code, out, err } = await download("wikian", "de", {});
  assert.deepEqual([code, out], [2, ""]);
  assert.match(
    err,
    /pipeline\.yaml:3:44: Cannot find the corpus "wikian" .*\n.*\n +~~~~~~\n {2}did you mean "wikiann"\?/,
  );
});

Deno.test("a store that cannot be is named, with what to do", async () => {
  const file = await Deno.makeTempFile();
  try {
    for (const cache of [file, `${file}/below`]) {
      const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
        args: ["run", "-A", "--quiet", `${project}/main.ts`, "run", "corpus"],
        cwd: project,
        env: { CROSSTIE_CACHE: cache, NO_COLOR: "1" },
      }).output();
      const [out, err] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
      assert.equal(
        err,
        `Cannot keep a store in ${cache}: it is not a folder\n` +
          "  set CROSSTIE_CACHE to a folder that can be written to\n",
      );
      assert.deepEqual([code, out], [2, ""]);
    }
  } finally {
    await Deno.remove(file);
  }
});
