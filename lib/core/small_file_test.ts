/** Whatever stands where a small file should be is read, or refused at once. */
import { strict as assert } from "node:assert";
import {
  openFile,
  parseSmallJson,
  readSmallBytes,
  readSmallFile,
  readSmallFileSync,
  readSmallJson,
} from "./small_file.ts";

const refused: readonly (readonly [name: string, message: RegExp])[] = [
  ["fifo", /fifo: it is a pipe or a device\n {2}put a file in its place/],
  ["to-fifo", /to-fifo: it is a pipe or a device/],
  ["zero", /zero: it is a pipe or a device/],
  ["random", /random: it is a pipe or a device/],
  ["folder", /folder: it is a folder/],
  ["to-folder", /to-folder: it is a folder/],
  ["loop", /loop: its links lead in a circle/],
  ["one", /one: its links lead in a circle/],
  ["a\0b", /its name has a NUL character/],
  ["large", /large: it has 2001 bytes, more than 2000/],
  ["sparse", /sparse: it has 1000000000000 bytes, more than 2000/],
  ["to-large", /to-large: it has 2001 bytes, more than 2000/],
  ["endless", /endless: it grows while it is read|it has \d+ bytes/],
];

Deno.test("what is no small file is refused at once, and what is one is read", async () => {
  const folder = await Deno.makeTempDir();
  const at = (name: string) => `${folder}/${name}`;
  try {
    await new Deno.Command("mkfifo", { args: [at("fifo")] }).output();
    await Deno.mkdir(at("folder"));
    const links: [string, string][] = [
      ["to-fifo", "fifo"],
      ["zero", "/dev/zero"],
      ["random", "/dev/urandom"],
      ["to-folder", "folder"],
      ["loop", "loop"],
      ["one", "two"],
      ["two", "one"],
      ["to-large", "large"],
      ["endless", "/proc/self/pagemap"],
      ["to-small", "small"],
    ];
    for (const [name, to] of links) await Deno.symlink(to, at(name));
    await Deno.writeTextFile(at("large"), "x".repeat(2001));
    await Deno.writeTextFile(at("small"), "\ufeffgrün\0");
    using sparse = await Deno.create(at("sparse"));
    await sparse.truncate(1e12);
    for (const [name, message] of refused) {
      await assert.rejects(readSmallBytes(at(name), 2000), { name: "UserError", message }, name);
      assert.throws(() => readSmallFileSync(at(name), 2000), { name: "UserError", message }, name);
    }
    for (const name of ["small", "to-small"]) {
      assert.equal(await readSmallFile(at(name)), "\ufeffgrün\0");
      assert.equal(readSmallFileSync(at(name)), "\ufeffgrün\0");
    }
    assert.match(await readSmallFile("/proc/self/status", 100_000), /VmRSS/);
    await assert.rejects(readSmallFile(at("nothing")), Deno.errors.NotFound);
    assert.throws(() => openFile(at("nothing")), Deno.errors.NotFound);
    await Deno.writeTextFile(at("bad.json"), "{");
    await assert.rejects(readSmallJson(at("bad.json")), /bad\.json as JSON: /);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("JSON nests so deep, and brackets in texts do not count", () => {
  const deep = (depth: number) => `${"[".repeat(depth)}${"]".repeat(depth)}`;
  parseSmallJson(deep(200), "f");
  parseSmallJson(JSON.stringify({ a: deep(5_000), '"[[\\': ["\\", '\\"['.repeat(300)] }), "f");
  for (const text of [deep(201), deep(1_000_000), '{"a":'.repeat(300), `[${deep(300)}`]) {
    assert.throws(
      () => parseSmallJson(text, "f"),
      /Cannot read f: it is nested more than 200 deep/,
    );
  }
});
