import { strict as assert } from "node:assert";
import { dirname } from "node:path";
import { existsSync } from "node:fs";
import { relative } from "node:path";
import { sha256 } from "../core/sha256.ts";
import { Claims, thisHost } from "./claims.ts";
import { collectDaily } from "./collect_daily.ts";
import { collectGarbage } from "./collect.ts";
import { openJournal } from "./journal.ts";
import { entryOf, formatLock, lockFileOf } from "./lock.ts";
import type { RunRecord } from "./record.ts";
import { keepRoot, pin, unpin } from "./roots.ts";
import type { Store } from "./store.ts";
import { putResult, withStore } from "./testdata/results.ts";
import { verifyStore } from "./verify.ts";

/** Writes the journal of a run. */
async function journal(store: Store, records: readonly RunRecord[], profile = "cpu") {
  const { write, close, run } = openJournal(store);
  write({ event: "runStarted", pipeline: "p", profile } as { event: string });
  for (const { fingerprint } of records) {
    write({ event: "instanceFresh", fingerprint } as { event: string });
  }
  close();
  await new Promise((resolve) => setTimeout(resolve, 5));
  return run;
}

/** Collects without any grace; what went, with paths within the store. */
async function collect(store: Store, options: { keepLast?: number; dryRun?: boolean } = {}) {
  // A change time of the same second is older than nothing.
  const freed = await collectGarbage(store.folder, {
    keepLast: 1,
    graceMs: -60_000,
    dryRun: false,
    ...options,
  });
  return freed.map(({ what, path, instance, output }) =>
    [what, ...(instance ? [instance, output ?? ""] : [relative(store.folder, path)])].join(" ")
      .trim()
  ).sort();
}

Deno.test("locks, pins and the last runs of each profile keep results; the rest goes, by name", () =>
  withStore(async (store) => {
    const results: Record<string, RunRecord> = {};
    for (const id of ["locked", "pinned", "last", "other", "old"]) {
      results[id] = await putResult(store, id, { "a.txt": id, "b.txt": "same" });
    }
    const { locked, pinned, last, other, old } = results;
    const oldRun = await journal(store, [old, locked]);
    await journal(store, [other], "gpu");
    await journal(store, [last]);
    const lockFile = lockFileOf(`${store.folder}/p.yaml`);
    const lock = { cpu: { locked: entryOf(locked) } };
    await Deno.writeTextFile(lockFile, formatLock(lock));
    keepRoot(store.folder, lockFile, lock, {});
    pin(store.folder, pinned.fingerprint, "pinned");

    const expected = [
      "content old a.txt",
      "content old log",
      "record old",
      `journal runs/${oldRun}.jsonl`,
    ];
    assert.deepEqual(await collect(store, { dryRun: true }), expected.sort());
    assert.equal(existsSync(store.recordPath(old.fingerprint)), true);
    assert.deepEqual(await collect(store, { keepLast: 2 }), []);
    assert.deepEqual(await collect(store), expected.sort());
    assert.deepEqual(await collect(store), []);
    const { records, damages } = await verifyStore(store, false);
    assert.deepEqual({ records, damages }, { records: 4, damages: [] });

    await Deno.remove(lockFile);
    assert.ok((await collect(store)).includes("record locked"));
    unpin(store.folder, pinned.fingerprint);
    assert.ok((await collect(store)).includes("record pinned"));
  }));

Deno.test("what is young, or came since a living claim, stays with all that its run has found", () =>
  withStore(async (store) => {
    const old = await putResult(store, "a", { "a.txt": "a" });
    const found = await putResult(store, "b", { "b.txt": "b" });
    const collect = (graceMs: number) =>
      collectGarbage(store.folder, { keepLast: 0, dryRun: false, graceMs });
    assert.deepEqual(await collect(60_000), []);
    await new Promise((resolve) => setTimeout(resolve, 1_100)); // change times are whole seconds
    const claims = new Claims(`${store.folder}/claims`);
    assert.equal(claims.tryClaim(sha256("other")), true);
    await new Promise((resolve) => setTimeout(resolve, 20)); // the clock of a file system ticks
    await journal(store, [found]);
    const path = store.objectPath(store.putText("codes of an instance that runs"));
    await collect(0);
    assert.deepEqual(
      [path, store.recordPath(found.fingerprint), store.recordPath(old.fingerprint)].map((each) =>
        existsSync(each)
      ),
      [true, true, false],
    );
    claims.close();
    await collect(-60_000);
    assert.equal(existsSync(path), false);
  }));

Deno.test("a claim goes when its process is gone, and stays while that lives", () =>
  withStore(async (store) => {
    const folder = `${store.folder}/claims`;
    const claims = new Claims(folder);
    assert.equal(claims.tryClaim("living"), true);
    await Deno.mkdir(`${folder}/de`);
    const owner = { host: thisHost(), pid: 2 ** 22 + 1, token: "t", since: 0 };
    await Deno.writeTextFile(`${folder}/de/dead.1`, JSON.stringify(owner));
    assert.deepEqual(await collect(store), ["stray claims/de/dead.1"]);
    assert.equal(claims.isHeld("living"), true);
    claims.close();
  }));

Deno.test("what came since a submission to Slurm stays until that is over", () =>
  withStore(async (store) => {
    const submission = `${store.folder}/slurm/token`;
    await Deno.mkdir(submission, { recursive: true });
    await Deno.writeTextFile(`${submission}/requests.jsonl`, "{}\n");
    await new Promise((resolve) => setTimeout(resolve, 20)); // the clock of a file system ticks
    const upstream = await putResult(store, "a", { "a.txt": "a" });
    const collect = () => collectGarbage(store.folder, { keepLast: 0, dryRun: false, graceMs: 0 });
    await new Promise((resolve) => setTimeout(resolve, 20));
    assert.deepEqual(await collect(), []);
    const longAgo = new Date(Date.now() - 31 * 24 * 3_600_000);
    await Deno.utime(`${submission}/requests.jsonl`, longAgo, longAgo);
    await collect();
    assert.equal(existsSync(store.recordPath(upstream.fingerprint)), false);
  }));

Deno.test("a failure of a kept run keeps its log and checkpoints; abandoned ones go", () =>
  withStore(async (store) => {
    const failed = sha256("failed"), abandoned = sha256("abandoned");
    for (const fingerprint of [failed, abandoned]) {
      store.startAttempt(fingerprint, "1");
      await Deno.mkdir(store.resumeFolder(fingerprint));
    }
    const done = await putResult(store, "done", { "a.txt": "a" });
    await Deno.mkdir(store.resumeFolder(done.fingerprint));
    await Deno.writeTextFile(`${store.folder}/attempts/left.tmp`, "left");
    await journal(store, [done, { fingerprint: failed } as RunRecord]);
    assert.deepEqual(
      await collect(store),
      [
        `attempt attempts/${abandoned.slice(0, 2)}/${abandoned}.1`,
        "attempt attempts/left.tmp",
        `checkpoint resume/${done.fingerprint}`,
        `checkpoint resume/${abandoned}`,
      ].sort(),
    );
  }));

Deno.test("result folders that a killed engine left behind go, and no others", () =>
  withStore(async (store) => {
    const resultsFolder = `${store.folder}/results`;
    const stray = `cpu.new-${crypto.randomUUID()}`;
    for (const name of ["cpu", "cpu.new-", "gpu.old-x", stray]) {
      await Deno.mkdir(`${resultsFolder}/p/${name}`, { recursive: true });
    }
    const freed = await collectGarbage(store.folder, {
      keepLast: 1,
      graceMs: -60_000,
      dryRun: false,
      resultsFolder,
    });
    assert.deepEqual(freed.map(({ path }) => path), [`${resultsFolder}/p/${stray}`]);
  }));

Deno.test("what a person has in an abandoned folder stays, and links are not followed", () =>
  withStore(async (store) => {
    const resultsFolder = `${store.folder}/results`;
    const id = crypto.randomUUID();
    const manifest = JSON.stringify({
      pipeline: "p",
      profile: "cpu",
      tables: { t: { files: [] } },
    });
    const write = async (path: string, text: string) => {
      await Deno.mkdir(dirname(path), { recursive: true });
      await Deno.writeTextFile(path, text);
    };
    // Neither is there a folder to bring it to, nor a manifest that says whose it is.
    await write(`${resultsFolder}/p/cpu.old-${id}/manifest.json`, manifest);
    await write(`${resultsFolder}/p/cpu.old-${id}/notes.txt`, "notes");
    await write(`${resultsFolder}/p/gpu.new-${id}/thesis.md`, "thesis");
    await write(`${resultsFolder}/q/cpu/manifest.json`, manifest);
    await write(`${resultsFolder}/q/cpu.old-${id}/manifest.json`, manifest);
    await write(`${resultsFolder}/q/cpu.old-${id}/notes.txt`, "notes");
    await write(`${store.folder}/elsewhere/cpu.new-${id}/manifest.json`, manifest);
    await Deno.symlink("../elsewhere", `${resultsFolder}/linked`);
    await Deno.symlink(`../../elsewhere/cpu.new-${id}`, `${resultsFolder}/p/x.new-${id}`);
    const options = { keepLast: 1, graceMs: -60_000, dryRun: false, resultsFolder };
    const freed = await collectGarbage(store.folder, options);
    assert.deepEqual(freed.map(({ path }) => path), [`${resultsFolder}/q/cpu.old-${id}`]);
    assert.equal(await Deno.readTextFile(`${resultsFolder}/p/cpu.old-${id}/notes.txt`), "notes");
    assert.equal(await Deno.readTextFile(`${resultsFolder}/p/gpu.new-${id}/thesis.md`), "thesis");
    assert.equal(await Deno.readTextFile(`${resultsFolder}/q/cpu/notes.txt`), "notes");
    assert.ok(existsSync(`${store.folder}/elsewhere/cpu.new-${id}/manifest.json`));
    assert.ok(Deno.lstatSync(`${resultsFolder}/p/x.new-${id}`).isSymlink);
  }));

Deno.test("a run collects once a day", () =>
  withStore(async (store) => {
    await putResult(store, "a", { "a.txt": "a" });
    const stray = `${store.folder}/attempts/left.tmp`;
    assert.deepEqual(await collectDaily(store.folder, store.folder), []);
    await Deno.writeTextFile(stray, "left");
    await Deno.utime(stray, 1e9, 1e9);
    assert.deepEqual(await collectDaily(store.folder, store.folder), []);
    assert.equal(existsSync(stray), true);
  }));
