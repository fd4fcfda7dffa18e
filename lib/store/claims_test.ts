import { strict as assert } from "node:assert";
import { Claims, isClaimed, thisHost } from "./claims.ts";
import type { ClaimRace } from "./testdata/claimer.ts";

const times = { heartbeatMs: 50, staleMs: 300 };
const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

async function withClaims(
  count: number,
  use: (folder: string, ...claims: Claims[]) => Promise<void> | void,
): Promise<void> {
  const folder = await Deno.makeTempDir();
  const claims = Array.from({ length: count }, () => new Claims(`${folder}/claims`, times));
  try {
    await use(folder, ...claims);
  } finally {
    for (const each of claims) each.close();
    await Deno.remove(folder, { recursive: true });
  }
}

async function leave(folder: string, owner: { host: string; pid: number }): Promise<void> {
  await Deno.mkdir(`${folder}/claims/f`, { recursive: true });
  await Deno.writeTextFile(`${folder}/claims/f/f.1`, JSON.stringify({ ...owner, token: "t" }));
}

Deno.test("a claim belongs to one at a time, and leaves nothing behind", () =>
  withClaims(2, (folder, a, b) => {
    assert.equal(a.tryClaim("f"), true);
    assert.equal(b.tryClaim("f"), false);
    assert.equal(a.tryClaim("f"), false);
    a.release("f");
    assert.equal(b.tryClaim("f"), true);
    b.release("f");
    assert.deepEqual([...Deno.readDirSync(`${folder}/claims/f`)], []);
  }));

Deno.test("of many who claim at once, one at most has it", async () => {
  const folder = await Deno.makeTempDir();
  const keys = Array.from({ length: 100 }, (_, i) => `key${i}`);
  const arrived = new SharedArrayBuffer(4 * keys.length);
  const workers = Array.from(
    { length: 4 },
    () => new Worker(new URL("./testdata/claimer.ts", import.meta.url), { type: "module" }),
  );
  try {
    const got = await Promise.all(workers.map((worker) =>
      new Promise<boolean[]>((resolve) => {
        worker.onmessage = ({ data }) => resolve(data);
        worker.postMessage({ folder, keys, workers: workers.length, arrived } satisfies ClaimRace);
      })
    ));
    const winners = keys.map((_, i) => got.filter((each) => each[i]).length);
    assert.ok(winners.every((count) => count <= 1), `${winners}`);
    assert.ok(winners.includes(1), `${winners}`);
  } finally {
    workers.forEach((worker) => worker.terminate());
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("a claim of a process that is gone from this host is taken over at once", () =>
  withClaims(1, async (folder, claims) => {
    await leave(folder, { host: thisHost(), pid: 2 ** 22 + 1 });
    assert.equal(claims.tryClaim("f"), true);
    claims.release("f");
    assert.deepEqual([...Deno.readDirSync(`${folder}/claims/f`)], []);
  }));

Deno.test("a claim of another host is taken over after it was silent", () =>
  withClaims(1, async (folder, claims) => {
    await leave(folder, { host: "elsewhere", pid: 1 });
    assert.equal(claims.tryClaim("f"), false);
    await wait(100);
    assert.equal(claims.tryClaim("f"), false);
    await wait(300);
    assert.equal(claims.tryClaim("f"), true);
  }));

Deno.test("a claim of another host that shows life is left alone", () =>
  withClaims(1, async (folder, claims) => {
    await leave(folder, { host: "elsewhere", pid: 1 });
    for (let beat = 0; beat < 8; beat++) {
      assert.equal(claims.tryClaim("f"), false);
      await wait(60);
      await Deno.utime(`${folder}/claims/f/f.1`, new Date(), new Date(1e12 + beat * 1000));
    }
  }));

Deno.test("the claims of a process are one file, and outlive the first of them", () =>
  withClaims(2, async (folder, a, b) => {
    for (const key of ["f", "g", "h"]) assert.equal(a.tryClaim(key), true);
    const inodes = ["f", "g", "h"].map((key) =>
      Deno.statSync(`${folder}/claims/${key}/${key}.1`).ino
    );
    assert.equal(new Set(inodes).size, 1);
    a.release("f");
    for (let look = 0; look < 8; look++) {
      assert.deepEqual([b.tryClaim("g"), b.tryClaim("h")], [false, false]);
      await wait(60);
    }
    assert.equal(b.tryClaim("f"), true);
  }));

Deno.test("a claim is not linked to one that was taken over", () =>
  withClaims(1, async (folder, claims) => {
    assert.equal(claims.tryClaim("f"), true);
    await Deno.remove(`${folder}/claims/f/f.1`);
    await leave(folder, { host: "elsewhere", pid: 1 });
    assert.equal(claims.tryClaim("g"), true);
    const { host } = JSON.parse(await Deno.readTextFile(`${folder}/claims/g/g.1`));
    assert.equal(host, thisHost());
  }));

Deno.test("a claim that is held stays alive by its heartbeat", () =>
  withClaims(2, async (_, a, b) => {
    assert.equal(a.tryClaim("f"), true);
    for (let look = 0; look < 8; look++) {
      assert.equal(b.tryClaim("f"), false);
      await wait(60);
    }
  }));

Deno.test("who only looks sees what is held, and takes nothing", () =>
  withClaims(2, async (folder, a, b) => {
    assert.equal(b.isHeld("f"), false);
    assert.equal(a.tryClaim("f"), true);
    assert.deepEqual([b.isHeld("f"), b.fileOf("f")], [true, undefined]);
    assert.equal(a.fileOf("f"), `${folder}/claims/f/f.1`);
    a.release("f");
    assert.deepEqual([b.isHeld("f"), a.fileOf("f")], [false, undefined]);
    await leave(folder, { host: thisHost(), pid: 2 ** 22 + 1 });
    assert.equal(b.isHeld("f"), false);
  }));

Deno.test("a claim file cut short by a power cut is taken over after it was silent", () =>
  withClaims(1, async (folder, claims) => {
    await Deno.mkdir(`${folder}/claims/f`, { recursive: true });
    await Deno.writeTextFile(`${folder}/claims/f/f.1`, '{"ho');
    assert.equal(claims.tryClaim("f"), false);
    await wait(350);
    assert.equal(claims.tryClaim("f"), true);
  }));

Deno.test("a claim that cannot be touched for a while is no reason to end", () =>
  withClaims(2, async (folder, a, b) => {
    assert.equal(a.tryClaim("f"), true);
    await Deno.rename(`${folder}/claims/f`, `${folder}/away`);
    await Deno.writeTextFile(`${folder}/claims/f`, "");
    await wait(150);
    await Deno.remove(`${folder}/claims/f`);
    await Deno.rename(`${folder}/away`, `${folder}/claims/f`);
    for (let look = 0; look < 8; look++) {
      assert.equal(b.tryClaim("f"), false);
      await wait(60);
    }
  }));

Deno.test("files that only look like claims keep nobody from anything", () =>
  withClaims(2, async (folder, a, b) => {
    await Deno.mkdir(`${folder}/claims/f`, { recursive: true });
    const names = [
      "1.bak",
      "bak",
      "1~",
      "-1",
      "1e3",
      "0x1",
      " 1",
      "1 ",
      "",
      "123456789012345678901",
    ];
    for (const name of names) await Deno.writeTextFile(`${folder}/claims/f/f.${name}`, "x");
    assert.equal(isClaimed(`${folder}/claims`, "f"), false);
    assert.equal(a.isHeld("f"), false);
    assert.equal(a.tryClaim("f"), true);
    assert.equal(b.tryClaim("f"), false);
    a.release("f");
    assert.equal(b.tryClaim("f"), true);
    b.release("f");
    assert.equal([...Deno.readDirSync(`${folder}/claims/f`)].length, names.length);
  }));
