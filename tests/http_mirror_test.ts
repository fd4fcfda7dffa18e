import { strict as assert } from "node:assert";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { ProjectCopy } from "./project_copy.ts";

const mirror = fileURLToPath(new URL("../../shared/mirror", import.meta.url));

/** Serves a folder with byte ranges; the first answer for a path that matches breaks off half way. */
function serveWithOneCut(folder: string, cut: RegExp) {
  const served: { path: string; from: number; bytes: number; cut: boolean }[] = [];
  let broken = false;
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    async (request) => {
      const path = decodeURIComponent(new URL(request.url).pathname);
      let bytes: Uint8Array<ArrayBuffer>;
      try {
        bytes = await Deno.readFile(join(folder, path));
      } catch {
        return new Response("not here", { status: 404 });
      }
      const from = Number(request.headers.get("range")?.match(/^bytes=(\d+)-$/)?.[1] ?? 0);
      const part = bytes.subarray(from);
      const headers = {
        etag: `"${bytes.length}"`,
        "accept-ranges": "bytes",
        "content-length": String(part.length),
        ...(from > 0
          ? { "content-range": `bytes ${from}-${bytes.length - 1}/${bytes.length}` }
          : {}),
      };
      const status = from > 0 ? 206 : 200;
      if (broken || !cut.test(path)) {
        served.push({ path, from, bytes: part.length, cut: false });
        return new Response(part, { status, headers });
      }
      broken = true;
      const half = part.slice(0, part.length >> 1);
      served.push({ path, from, bytes: half.length, cut: true });
      return new Response(
        new ReadableStream({
          start: (controller) => controller.enqueue(half),
          async pull(controller) {
            await new Promise((done) => setTimeout(done, 200));
            controller.error(new Error("the line is cut"));
          },
        }),
        { status, headers },
      );
    },
  );
  return { server, served };
}

Deno.test({
  name:
    "a mirror over HTTP whose connection is cut once gives the bytes of a mirror folder (needs ../shared/mirror)",
  ignore: !existsSync(mirror),
  fn: async () => {
    await using project = await ProjectCopy.create();
    await new Deno.Command("cp", {
      args: ["-r", fileURLToPath(new URL("../experiments", import.meta.url)), project.folder],
    }).output();
    const run = async (name: string, address: string) => {
      const outcome = await project.crosstie(
        ["run", "-f", "experiments/masakhaner.yaml", "masakhaner", "wikiann"],
        { CROSSTIE_CACHE: join(project.folder, name), CROSSTIE_MIRROR: address },
      );
      assert.equal(outcome.code, 0, outcome.stdout + outcome.stderr);
      const tables = await project.digests("results/masakhaner/cpu");
      await Deno.remove(join(project.folder, "results"), { recursive: true });
      return tables;
    };
    const fromFolder = await run("folder", mirror);
    const { server, served } = serveWithOneCut(mirror, /en\/train-.*parquet$/);
    const fromServer = await run("server", `http://127.0.0.1:${server.addr.port}`);
    await server.shutdown();
    assert.ok(fromFolder.size > 20);
    assert.deepEqual(fromServer, fromFolder);

    const [first, second, ...rest] = served.filter(({ path }) => /en\/train-/.test(path));
    const { size } = await Deno.stat(join(mirror, first.path));
    assert.ok(first.cut && !second.cut && rest.length === 0);
    assert.ok(second.from > 0, "the download resumes where it broke off");
    assert.equal(second.from + second.bytes, size);
  },
});
