import { strict as assert } from "node:assert";
import { hostname } from "node:os";
import { Claims } from "./claims.ts";

const times = { heartbeatMs: 50, staleMs: 300 };
const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

async function withClaims(
  count: number,
  use: (folder: string, ...claims: Claims[]) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir();
  const claims = Array.from({ length: count }, () => new Claims(`${folder}/claims`, times));
  try {
    await use(folder, ...claims);
  } finally {
    for (const each of claims) await each.close();
    await Deno.remove(folder, { recursive: true });
  }
}

async function leave(folder: string, owner: { host: string; pid: number }): Promise<void> {
  await Deno.mkdir(`${folder}/claims/f`, { recursive: true });
  await Deno.writeTextFile(`${folder}/claims/f/1`, JSON.stringify({ ...owner, token: "t" }));
}

Deno.test("a claim belongs to one at a time, and leaves nothing behind", () =>
  withClaims(2, async (folder, a, b) => {
    assert.equal(await a.tryClaim("f"), true);
    assert.equal(await b.tryClaim("f"), false);
    assert.equal(await a.tryClaim("f"), false);
    await a.release("f");
    assert.equal(await b.tryClaim("f"), true);
    await b.release("f");
    assert.deepEqual([...Deno.readDirSync(`${folder}/claims`)], []);
  }));

Deno.test("of many who claim at once, one at most has it", () =>
  withClaims(8, async (_, ...claims) => {
    for (let round = 0; round < 20; round++) {
      const got = await Promise.all(claims.map((each) => each.tryClaim("f")));
      assert.ok(got.filter((each) => each).length <= 1);
      for (const each of claims) await each.release("f");
    }
  }));

Deno.test("a claim of a process that is gone from this host is taken over at once", () =>
  withClaims(1, async (folder, claims) => {
    await leave(folder, { host: hostname(), pid: 2 ** 22 + 1 });
    assert.equal(await claims.tryClaim("f"), true);
    await claims.release("f");
    assert.deepEqual([...Deno.readDirSync(`${folder}/claims`)], []);
  }));

Deno.test("a claim of another host is taken over after it was silent", () =>
  withClaims(1, async (folder, claims) => {
    await leave(folder, { host: "elsewhere", pid: 1 });
    assert.equal(await claims.tryClaim("f"), false);
    await wait(100);
    assert.equal(await claims.tryClaim("f"), false);
    await wait(300);
    assert.equal(await claims.tryClaim("f"), true);
  }));

Deno.test("a claim of another host that shows life is left alone", () =>
  withClaims(1, async (folder, claims) => {
    await leave(folder, { host: "elsewhere", pid: 1 });
    for (let beat = 0; beat < 8; beat++) {
      assert.equal(await claims.tryClaim("f"), false);
      await wait(60);
      await Deno.utime(`${folder}/claims/f/1`, new Date(), new Date(1e12 + beat * 1000));
    }
  }));

Deno.test("a claim that is held stays alive by its heartbeat", () =>
  withClaims(2, async (_, a, b) => {
    assert.equal(await a.tryClaim("f"), true);
    for (let look = 0; look < 8; look++) {
      assert.equal(await b.tryClaim("f"), false);
      await wait(60);
    }
  }));

Deno.test("a claim file cut short by a power cut is taken over after it was silent", () =>
  withClaims(1, async (folder, claims) => {
    await Deno.mkdir(`${folder}/claims/f`, { recursive: true });
    await Deno.writeTextFile(`${folder}/claims/f/1`, '{"ho');
    assert.equal(await claims.tryClaim("f"), false);
    await wait(350);
    assert.equal(await claims.tryClaim("f"), true);
  }));
