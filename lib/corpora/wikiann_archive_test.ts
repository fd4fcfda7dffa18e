import { strict as assert } from "node:assert";
import { UserError } from "../core/errors.ts";
import { readTarMembers } from "./tar_members.ts";
import { gzipped, tarOf } from "./tar_test_archives.ts";
import { readWikiannArchive } from "./wikiann_archive.ts";

const types = ["PER", "ORG", "LOC"];
const members = { train: "train", validation: "dev", test: "test" };
const lines = "en:Ada\tB-PER\nen:said\tO\nen::\tO\nen:http://a.b:80\tO\n\nen:\tO\n";

async function archiveOf(contents: Record<string, string>): Promise<Uint8Array<ArrayBuffer>> {
  return await gzipped(await tarOf(Object.entries(contents)));
}

async function read(
  archive: Uint8Array<ArrayBuffer>,
  missingTags: "error" | "outside" = "error",
  prefix?: string,
) {
  const path = await Deno.makeTempFile({ suffix: ".tar.gz" });
  try {
    await Deno.writeFile(path, archive);
    return await readWikiannArchive(path, "en", members, types, {
      missingTags,
      repair: [],
      prefix,
    });
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

Deno.test("a line must begin with the language of the archive", async () => {
  for (
    const [line, hint] of [
      ["12:30\tO", ""],
      ["vor:sicht\tB-PER", "declare `prefix: vor`"],
      ["de:Haus\tB-LOC", "declare `prefix: de`"],
      ["EN:Haus\tB-LOC", ""],
      [" en:Haus\tB-LOC", ""],
    ] as const
  ) {
    const archive = await archiveOf({ train: `en:a\tO\n${line}`, dev: "", test: "" });
    await assert.rejects(read(archive), (error) => {
      assert.ok(error instanceof UserError);
      assert.match(error.message, /train:2:1: Cannot find .*: expected "en:word<TAB>TAG"/);
      assert.ok(error.message.includes(hint));
      return true;
    });
  }
  const declared = await read(
    await archiveOf({ train: "de:Haus\tB-LOC", dev: "", test: "" }),
    "error",
    "de",
  );
  assert.deepEqual(declared.train?.sentences, [{ tokens: ["Haus"], tags: ["B-LOC"] }]);
});

Deno.test("line ends of CR alone, and line separators", async () => {
  const archive = await archiveOf({ train: "en:Ada\tB-PER\ren:ran\tO\r", dev: "", test: "" });
  const { train } = await read(archive);
  assert.deepEqual(train?.sentences, [{ tokens: ["Ada", "ran"], tags: ["B-PER", "O"] }]);
  const broken = await archiveOf({ train: "en:Ada\tB-PER\u2028en:b\tO", dev: "", test: "" });
  await assert.rejects(read(broken), { message: /train:1:13: Cannot read this line: a line sep/ });
});

Deno.test("archives in every legal form", async () => {
  const names: [string, string][] = [["train", lines], ["dev", lines], ["test", ""]];
  const plain = await tarOf(names);
  const half = plain.byteLength / 2 + 100;
  const parts = [await gzipped(plain.slice(0, half)), await gzipped(plain.slice(half))];
  const long = "x".repeat(300);
  const pax = { pax: { comment: "a comment", path: "train" } };
  for (
    const [name, archive] of [
      ["several members of gzip", await new Blob(parts).bytes()],
      ["padded gzip", await new Blob([await gzipped(plain), new Uint8Array(512)]).bytes()],
      ["not gzipped", plain],
      ["long names", await gzipped(await tarOf([[long, "x"], ...names]))],
      ["pax", await gzipped(await tarOf([["short", lines, pax], ...names.slice(1)]))],
      [
        "links and folders",
        await gzipped(await tarOf([["d/", "", { type: "directory" }], ...names])),
      ],
      ["two archives in one", await gzipped(await new Blob([plain, await tarOf([])]).bytes())],
    ] as const
  ) {
    const splits = await read(archive);
    assert.deepEqual(splits.train?.sentences, splits.validation?.sentences, name);
    assert.equal(splits.train?.sentences.length, 2, name);
  }
});

Deno.test("what stands for a split must be a whole file, given once or noted", async () => {
  const rest: [string, string][] = [["dev", lines], ["test", lines]];
  const link = { type: "symlink", linkname: "dev" } as const;
  const sparse = { pax: { "GNU.sparse.major": "1", "GNU.sparse.name": "train" } };
  for (
    const [header, what] of [[link, /it is no file but a symlink/], [
      sparse,
      /it is sparse/,
    ]] as const
  ) {
    const archive = await gzipped(await tarOf([["train", "", header], ...rest]));
    await assert.rejects(read(archive), { message: what });
  }
  const twice = await read(
    await gzipped(await tarOf([["train", "en:a\tO"], ["train", lines], ...rest])),
  );
  assert.equal(twice.train?.sentences.length, 2);
  assert.deepEqual(twice.train?.oddities.map(({ oddity }) => oddity), [
    "emptyToken",
    "repeatedMember",
  ]);
});

Deno.test("a member is skipped that is not wanted, and too much is refused", async () => {
  const path = await Deno.makeTempFile();
  try {
    const zeros = new Uint8Array(3 * 1024 * 1024);
    await Deno.writeFile(path, await gzipped(await tarOf([["extra", zeros], ["train", zeros]])));
    const skipped = await readTarMembers(path, new Set(["none"]), 10);
    assert.deepEqual(skipped.others.map(({ name, sizeBytes }) => [name, sizeBytes]), [
      ["extra", zeros.byteLength],
      ["train", zeros.byteLength],
    ]);
    await assert.rejects(readTarMembers(path, new Set(["train"]), 1_000_000), {
      message:
        /^Cannot read "train" in .*: with it the files have 3145728 bytes, more than 1000000/,
    });
  } finally {
    await Deno.remove(path);
  }
});

Deno.test("a bomb of any form is refused, or passed over without being held", async () => {
  const path = await Deno.makeTempFile();
  const most = 4 * 2 ** 20, zeros = new Uint8Array(3 * 2 ** 20);
  const bombs: readonly (readonly [string, Uint8Array<ArrayBuffer>])[] = [
    ["a member that nobody asked for", await tarOf([["a", zeros], ["b", zeros]])],
    ["many members", await tarOf(Array.from({ length: 5_000 }, (_, i) => [`${i}`, "x"]))],
    ["a long name", await tarOf([["n".repeat(5 * 2 ** 20), "x"]])],
    [
      "a long link",
      await tarOf([["a", "", { type: "symlink", linkname: "l".repeat(5 * 2 ** 20) }]]),
    ],
    ["attributes of pax", await tarOf([["a", "x", { pax: { comment: "c".repeat(5 * 2 ** 20) } }]])],
    ["nothing but zeros", new Uint8Array(5 * 2 ** 20)],
    [
      "zeros behind its end",
      new Uint8Array([...await tarOf([["train", "x"]]), ...new Uint8Array(most)]),
    ],
  ];
  try {
    for (const [about, bytes] of bombs) {
      for (const packed of [bytes, await gzipped(bytes)]) {
        await Deno.writeFile(path, packed);
        await assert.rejects(
          readTarMembers(path, new Set(["train"]), 1_000, most),
          { name: "UserError", message: /Cannot read the archive .*: (unpacked it has more|.*)/ },
          about,
        );
      }
    }
  } finally {
    await Deno.remove(path);
  }
});

Deno.test("what is no archive is named", async () => {
  const html = new TextEncoder().encode("<!DOCTYPE html><p>Not found</p>");
  const zip = new Uint8Array([0x50, 0x4b, 3, 4, 0, 0]);
  await assert.rejects(read(html), { message: /Cannot read the archive \S+: it is a HTML file/ });
  await assert.rejects(read(zip), { message: /Cannot read the archive \S+: it is a zip file/ });
});
