import { strict as assert } from "node:assert";
import { FileServer } from "../lib/store/testdata/file_server.ts";
import { workbench } from "./testdata/workbench.ts";

/** Digests and sizes differ from version to version. */
function steady(text: string): string {
  return text.replace(/[0-9a-f]{64}/g, "<digest>")
    .replace(/\/[0-9a-f]{2}\//g, "/ab/").replace(/ *\d+(\.\d+)? (B|kB|MB)/g, " <size>")
    .replace(/\d{8}T\d{9}Z-[0-9a-f]{8}/g, "<run>");
}

async function damageOne(folder: string): Promise<void> {
  for await (const part of Deno.readDir(`${folder}/store/objects`)) {
    for await (const { name } of Deno.readDir(`${folder}/store/objects/${part.name}`)) {
      const path = `${folder}/store/objects/${part.name}/${name}`;
      if (!(await Deno.readTextFile(path)).startsWith("PAR1")) continue;
      const bytes = await Deno.readFile(path);
      if (bytes.length < 5_000) continue;
      bytes[bytes.length >> 1] ^= 1;
      await Deno.remove(path);
      return await Deno.writeFile(path, bytes);
    }
  }
}

Deno.test("verify, gc and the lock tell what is damaged, old and other", async (t) => {
  await using bench = await workbench();
  await bench.crosstie("run");

  await t.step("a whole store, and bytes as the lock has them", async () => {
    const { out, code } = await bench.crosstie("verify");
    assert.equal(steady(out), "4 records, 18 contents, <size>: all whole\n");
    assert.equal(code, 0);
    const locked = await bench.crosstie("verify", "--lock");
    assert.deepEqual(locked, { code: 0, out: "4 instances: the bytes are those of the lock\n" });
  });

  await t.step("one flipped bit is found, set aside, and the result made again", async () => {
    await damageOne(bench.folder);
    const found = await bench.crosstie("verify");
    assert.equal(found.code, 1);
    assert.match(
      found.out,
      /^(?:corpus|tokens)\[language=\w+\] \w+\.parquet: objects\/.* is not what its name says\n4 records, 17 contents, .*: 1 damage \(--heal mends\)\n$/,
    );
    const healed = await bench.crosstie("verify", "--heal");
    assert.equal(healed.code, 0);
    assert.match(healed.out, /; set aside: the next run makes it again\n.*: 1 damage, 1 healed\n$/);
    assert.equal((await bench.crosstie("verify")).code, 0);
    assert.match(
      (await bench.crosstie("run", "--locked")).out,
      /1 ran, 3 fresh, 0 failed.*\n4 instances: the bytes are those of the lock\n$/,
    );
  });

  await t.step("what a lock does not have is named", async () => {
    const text = await Deno.readTextFile(bench.file);
    await Deno.writeTextFile(bench.file, text.replace("train: 20", "train: 21"));
    const { out, code } = await bench.crosstie("run", "--locked");
    assert.equal(code, 1);
    assert.match(out, /corpus\[language=eng\] train.parquet has other bytes: other params\n/);
    assert.match(out, /tokens\[language=deu\] train.parquet has other bytes: other inputs\n/);
    assert.match(out, /\n4 differences from the lock\n$/);
    await Deno.writeTextFile(bench.file, text);
  });

  await t.step("gc names what would go, and frees it", async () => {
    const gc = async (...args: string[]) =>
      (await bench.anything("gc", "--grace", "0", ...args)).out;
    assert.match(await gc("--dry-run"), /B {2}stray .*\nwould free 1 stray: .*B\n$/); // set aside
    assert.match((await bench.crosstie("pin", "tokens[language=eng]")).out, /^2 results kept\n$/);
    await bench.crosstie("run", "corpus"); // the last run of the profile
    await new Promise((resolve) => setTimeout(resolve, 1_100)); // change times are whole seconds
    const would = await gc("--keep-last", "1", "--dry-run");
    assert.match(would, /B {2}record {6}tokens\[language=deu\]\n/);
    assert.match(would, /B {2}content {5}tokens\[language=deu\] train.parquet\n/);
    assert.match(would, /\nwould free 4 records, \d+ contents, .*: .*B\n$/);
    const did = await gc("--keep-last", "1");
    assert.equal(did, would.replace("would free", "freed"));
    assert.equal((await bench.crosstie("verify")).code, 0);
    assert.match((await bench.crosstie("verify", "--lock")).out, /^4 instances/);
  });
});

Deno.test("push and pull bring results to another machine", async () => {
  await using server = new FileServer();
  await using bench = await workbench({ CROSSTIE_REMOTE: server.address });
  await bench.crosstie("run");
  assert.equal(steady((await bench.crosstie("push")).out), "4 results there, <size> sent\n");
  assert.equal((await bench.crosstie("push")).out, "4 results there, 0 B sent\n");
  await Deno.remove(`${bench.folder}/store`, { recursive: true });
  assert.match((await bench.crosstie("status")).out, /corpus +2 +0 +0\ntokens +2 +0 +0\n/);
  assert.equal(
    steady((await bench.crosstie("pull", "tokens[language=deu]")).out),
    "2 results here, 12 contents fetched, <size>\n",
  );
  assert.match((await bench.crosstie("run")).out, /0 ran, 4 fresh, 0 failed/);
  await Deno.remove(`${bench.folder}/store`, { recursive: true });
  assert.match(
    (await bench.crosstie("run")).out,
    /0 ran, 4 fresh, 0 failed.*\nfetched 18 contents, /,
  );
  server.files.clear();
  await Deno.remove(`${bench.folder}/store`, { recursive: true });
  const { code, out } = await bench.crosstie("pull");
  assert.equal(code, 1);
  assert.match(out, /\n4 not there, corpus\[language=eng\] for one: a run makes them\n$/);
});

Deno.test("Ctrl-C ends a push cleanly, and the next one goes on", async () => {
  await using server = new FileServer();
  await using bench = await workbench({ CROSSTIE_REMOTE: server.address });
  await bench.crosstie("run");
  const silence = Promise.withResolvers<void>();
  let push: Deno.ChildProcess | undefined;
  server.intercept = ({ method, url }) => {
    if (method !== "PUT" || !url.includes("/records/")) return undefined;
    push?.kill("SIGINT");
    push = undefined; // once
    return new Response(new ReadableStream({ start: () => silence.promise }));
  };
  const started = push = bench.spawn("push");
  const { code, stdout, stderr } = await started.output();
  silence.resolve();
  const [out, err] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
  assert.deepEqual([code, err], [130, ""]);
  assert.match(steady(out), /^interrupted\n[0-3] results? there, <size> sent\n$/);
  server.intercept = () => undefined;
  server.requests.length = 0;
  assert.match((await bench.crosstie("push")).out, /^4 results there, /);
  const again = server.requests.filter((each) => each.startsWith("PUT objects/"));
  assert.deepEqual(again, []);
});
