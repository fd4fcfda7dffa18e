import { strict as assert } from "node:assert";
import { exchange } from "./exchange.ts";

const ignore = Deno.build.os !== "linux";

Deno.test({
  name: "two folders exchange their names, and a reader finds one of them at every instant (Linux)",
  ignore,
  async fn() {
    const folder = await Deno.makeTempDir();
    for (const name of ["a", "b"]) {
      await Deno.mkdir(`${folder}/${name}`);
      await Deno.writeTextFile(`${folder}/${name}/name.txt`, name);
    }
    const source = `
      let looks = 0, misses = 0;
      self.onmessage = () => self.postMessage({ looks, misses });
      const look = () => {
        for (let i = 0; i < 200; i++, looks++) {
          try { Deno.statSync("${folder}/a/name.txt"); } catch { misses++; }
        }
        setTimeout(look);
      };
      look();
      self.postMessage("ready");
    `;
    const reader = new Worker(URL.createObjectURL(new Blob([source])), { type: "module" });
    const answer = () => new Promise<MessageEvent>((resolve) => reader.onmessage = resolve);
    await answer();
    for (let i = 0; i < 2_001; i++) {
      assert.equal(exchange(`${folder}/a`, `${folder}/b`), true);
      if (i % 100 === 0) await new Promise((resolve) => setTimeout(resolve));
    }
    reader.postMessage("");
    const { looks, misses } = (await answer()).data;
    reader.terminate();
    assert.ok(looks > 0);
    assert.equal(misses, 0);
    assert.equal(await Deno.readTextFile(`${folder}/a/name.txt`), "b");
    await Deno.remove(folder, { recursive: true });
  },
});

Deno.test("nothing is done where one name is free", async () => {
  const folder = await Deno.makeTempDir();
  await Deno.mkdir(`${folder}/a`);
  assert.equal(exchange(`${folder}/a`, `${folder}/b`), false);
  assert.equal(exchange(`${folder}/b`, `${folder}/a`), false);
  assert.deepEqual([...Deno.readDirSync(folder)].map(({ name }) => name), ["a"]);
  await Deno.remove(folder, { recursive: true });
});
