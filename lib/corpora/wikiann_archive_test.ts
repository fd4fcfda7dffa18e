import { strict as assert } from "node:assert";
import { pack } from "tar-stream";
import { UserError } from "../core/errors.ts";
import { readWikiannArchive } from "./wikiann_archive.ts";

const types = ["PER", "ORG", "LOC"];
const members = { train: "train", validation: "dev", test: "test" };
const lines = "en:Ada\tB-PER\nen:said\tO\nen::\tO\nen:http://a.b:80\tO\n\nen:\tO\n";

async function archiveOf(contents: Record<string, string>): Promise<Uint8Array<ArrayBuffer>> {
  const archive = pack();
  for (const [name, text] of Object.entries(contents)) archive.entry({ name }, text);
  archive.finalize();
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  for await (const chunk of archive) chunks.push(new Uint8Array(chunk as Uint8Array));
  const zipped = new Blob(chunks).stream().pipeThrough(new CompressionStream("gzip"));
  return new Uint8Array(await new Response(zipped).arrayBuffer());
}

async function read(archive: Uint8Array<ArrayBuffer>, missingTags: "error" | "outside" = "error") {
  const path = await Deno.makeTempFile({ suffix: ".tar.gz" });
  try {
    await Deno.writeFile(path, archive);
    return await readWikiannArchive(path, "en", members, types, { missingTags, repair: [] });
  } finally {
    await Deno.remove(path);
  }
}

Deno.test("words are what follows the first colon", async () => {
  const splits = await read(await archiveOf({ train: lines, dev: lines, "./test": "" }));
  assert.deepEqual(splits.train?.sentences, [
    { tokens: ["Ada", "said", ":", "http://a.b:80"], tags: ["B-PER", "O", "O", "O"] },
    { tokens: ["\uFFFD"], tags: ["O"] },
  ]);
  assert.deepEqual(splits.train?.oddities, [
    { oddity: "emptyToken", action: "repaired", line: 6, count: 1, detail: "" },
  ]);
  assert.deepEqual(splits.validation?.sentences, splits.train?.sentences);
  assert.deepEqual(splits.test, { sentences: [], oddities: [] });
});

Deno.test("other members are noted and left", async () => {
  const splits = await read(await archiveOf({ train: "", dev: "", test: "", extra: lines }));
  assert.deepEqual(splits.train?.oddities, [{
    oddity: "extraMember",
    action: "dropped",
    line: null,
    count: 1,
    detail: `extra (${lines.length} bytes)`,
  }]);
});

Deno.test("a missing member is named with those there are", async () => {
  await assert.rejects(
    archiveOf({ train: "", dev: "" }).then((archive) => read(archive)),
    (error) =>
      error instanceof UserError &&
      /test split: .* has no member "test", only "train", "dev"$/.test(error.message),
  );
});

Deno.test("a bad line is shown with archive, member, line and column", async () => {
  for (
    const [line, message] of [
      ["en:a\tO\nAda\tB-PER", /tar\.gz\/train:2:1: Cannot find the language before the word/],
      ["en:a\tO\nen:b\tB-MISC", /tar\.gz\/train:2:6: Cannot use the tag "B-MISC"/],
      ["en:a\tO\nen:b", /tar\.gz\/train:2:1: Cannot read a word without a tag: "en:b"/],
    ] as const
  ) {
    await assert.rejects(read(await archiveOf({ train: line, dev: "", test: "" })), { message });
  }
});

Deno.test("stripped labels are read as O where that is declared", async () => {
  const archive = await archiveOf({ train: lines, dev: lines, test: "en:Ada\nen:said\n" });
  const { test } = await read(archive, "outside");
  assert.deepEqual(test?.sentences, [{ tokens: ["Ada", "said"], tags: ["O", "O"] }]);
  assert.equal(test?.oddities[0].oddity, "missingTag");
});

Deno.test("a truncated archive and a file that is none are named", async () => {
  const archive = await archiveOf({ train: lines.repeat(2000), dev: lines, test: lines });
  for (const broken of [archive.slice(0, archive.byteLength - 60), new Uint8Array([1, 2, 3])]) {
    await assert.rejects(read(broken), (error) =>
      error instanceof UserError &&
      /^Cannot read the archive \S+\.tar\.gz: [^]*truncated, damaged or no tar\.gz$/.test(
        error.message,
      ));
  }
});
