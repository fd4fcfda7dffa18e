import assert from "node:assert/strict";

const loads = `
const { Session } = await import(${JSON.stringify(new URL("./session.ts", import.meta.url).href)});
await Session.create(new Uint8Array([1])).catch(() => {});
console.log(Deno.env.get("ORT_DISABLE_TELEMETRY"));`;

Deno.test("a process that loads ONNX Runtime leaves no trace of telemetry", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const process = new Deno.Command(Deno.execPath(), {
      args: ["eval", loads],
      env: { TMPDIR: folder },
    });
    const { success, stdout, stderr } = await process.output();
    assert.ok(success, new TextDecoder().decode(stderr));
    assert.equal(new TextDecoder().decode(stdout), "1\n");
    assert.deepEqual([...Deno.readDirSync(folder)], []);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
