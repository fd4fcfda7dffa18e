import { strict as assert } from "node:assert";
import { keepSettled, readSettled, settledFingerprints } from "./settled.ts";

const run = { fresh: 3, warnings: ["odd"], headline: "\nF1" };
const later = () => ({ startedAt: Date.now() + 10_000 });

/** A store and a file that a run has looked at, with a note of that run. */
async function noted(use: (folder: string, path: string) => Promise<void> | void): Promise<void> {
  const folder = await Deno.makeTempDir();
  const path = `${folder}/looked/at.txt`;
  await Deno.mkdir(`${folder}/looked`);
  await Deno.writeTextFile(path, "abc");
  keepSettled(folder, "key", run, new Set([path]), later());
  try {
    await use(folder, path);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("a note holds while nothing changes, for its own key", () =>
  noted((folder) => {
    const { fresh, warnings, headline } = readSettled(folder, "key")!;
    assert.deepEqual({ fresh, warnings, headline }, run);
    assert.equal(readSettled(folder, "another"), undefined);
    assert.equal(readSettled(`${folder}/nowhere`, "key"), undefined);
  }));

const changes: readonly [string, (path: string) => Promise<void> | void][] = [
  ["written to", (path) => Deno.writeTextFile(path, "abcd")],
  ["gone", (path) => Deno.remove(path)],
  ["touched", (path) => Deno.utime(path, new Date(), new Date(1e12))],
  ["replaced by one of the same size and time", async (path) => {
    const { atime, mtime } = await Deno.stat(path);
    await Deno.writeTextFile(`${path}.new`, "xyz");
    await Deno.rename(`${path}.new`, path);
    await Deno.utime(path, atime!, mtime!);
  }],
];

for (const [how, change] of changes) {
  Deno.test(`a note does not hold when a file is ${how}`, () =>
    noted(async (folder, path) => {
      await change(path);
      assert.equal(readSettled(folder, "key"), undefined);
    }));
}

Deno.test("a note does not hold when a file appears, or another in a folder", () =>
  noted(async (folder, path) => {
    const folderOfIt = path.slice(0, path.lastIndexOf("/"));
    for (const lookedAt of [`${path}.absent`, folderOfIt]) {
      keepSettled(folder, "key", run, new Set([lookedAt]), later());
      assert.ok(readSettled(folder, "key"));
      await new Promise((resolve) => setTimeout(resolve, 50)); // file systems count time in ticks
      await Deno.writeTextFile(`${path}.absent`, "");
      assert.equal(readSettled(folder, "key"), undefined);
      await Deno.remove(`${path}.absent`);
    }
  }));

Deno.test("no note is kept of files that changed during the run or shortly before", () =>
  noted((folder, path) => {
    for (const lookedAt of [path, `${path}.absent`]) {
      const startedAt = Date.now() + 1_000;
      keepSettled(folder, "young", run, new Set([lookedAt]), { startedAt });
      assert.equal(readSettled(folder, "young"), undefined);
    }
  }));

Deno.test("no note is kept of a link that was led elsewhere during the run", () =>
  noted(async (folder, path) => {
    const link = `${folder}/link`;
    const keep = (startedAt: number) => {
      keepSettled(folder, "linked", run, new Set([link]), { startedAt });
      return readSettled(folder, "linked") !== undefined;
    };
    await new Promise((resolve) => setTimeout(resolve, 3_100)); // what it leads to is at rest
    await Deno.symlink(path, link);
    assert.equal(keep(Date.now()), false);
    assert.equal(keep(Date.now() + 10_000), true);
  }));

Deno.test("a note ends at its time", () =>
  noted((folder, path) => {
    for (const until of [Date.now() - 1, Date.now() + 60_000]) {
      keepSettled(folder, "key", run, new Set([path]), { ...later(), until });
      assert.equal(readSettled(folder, "key") !== undefined, until > Date.now());
    }
  }));

Deno.test("a note that is damaged is none", () =>
  noted(async (folder) => {
    const [note] = [...Deno.readDirSync(`${folder}/settled`)].map(({ name }) => name);
    const path = `${folder}/settled/${note}`;
    const text = await Deno.readTextFile(path);
    for (const damaged of ["", "null", "{}", text.split("\n")[0], text.replace("\t", " ")]) {
      await Deno.writeTextFile(path, damaged);
      assert.equal(readSettled(folder, "key"), undefined, damaged);
    }
  }));

Deno.test("a note names the results that it speaks of", () => {
  const [one, two] = ["0a".repeat(32), "f1".repeat(32)];
  const lines = [
    "{}",
    `1 2 3 4\t/s/records/0a/${one}.json`,
    `\t/s/records/f1/${two}.json`,
    "1\t/a",
  ];
  assert.deepEqual(settledFingerprints(lines.join("\n")), [one, two]);
});
