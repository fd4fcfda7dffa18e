import { strict as assert } from "node:assert";
import { fileURLToPath } from "node:url";
import { report } from "./doctor.ts";
import { type Check, checkCache, checkDeno, checkMirror, checkVulkan } from "./doctor_checks.ts";
import { probe } from "./probe.ts";

const entry = fileURLToPath(new URL("../main.ts", import.meta.url));

async function crosstie(args: readonly string[], env: Record<string, string> = {}) {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--quiet", entry, ...args],
    env: { NO_COLOR: "1", ...env },
  }).output();
  const [out, err] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
  return { code, out, err };
}

Deno.test("doctor names every check, and ends with 0 where nothing required is broken", async () => {
  const cache = await Deno.makeTempDir();
  const { code, out } = await crosstie(["doctor", "--json"], { CROSSTIE_CACHE: cache });
  await Deno.remove(cache, { recursive: true });
  const found = out.trim().split("\n").map((line): Check => JSON.parse(line));
  assert.deepEqual(found.map(({ name }) => name), [
    "deno",
    "machine",
    "cpu provider",
    "webgpu provider",
    "cuda provider",
    "vulkan driver",
    "duckdb",
    "cache folder",
    "mirror",
    "slurm",
  ]);
  const required = ["deno", "cpu provider", "duckdb", "cache folder"];
  for (const { name, state, remedy } of found) {
    if (required.includes(name)) assert.equal(state, "ok", name);
    assert.equal(remedy === undefined, state === "ok", `${name}: ${state}, ${remedy}`);
  }
  assert.equal(code, 0);
});

Deno.test("doctor ends with 1 and the remedy where the cache cannot be written to", async () => {
  const file = await Deno.makeTempFile();
  const { code, out } = await crosstie(["doctor"], { CROSSTIE_CACHE: `${file}/store` });
  await Deno.remove(file);
  assert.equal(code, 1);
  assert.match(out, /^broken {3}cache folder .* cannot be written to/m);
  assert.match(out, /→ set CROSSTIE_CACHE to a folder that can be written to/);
});

Deno.test("an old Deno is broken, this one is not", async () => {
  assert.equal((await checkDeno("2.9.5")).state, "broken");
  assert.equal((await checkDeno("2.10.0")).state, "ok");
  assert.equal((await checkDeno(Deno.version.deno)).state, "ok");
});

Deno.test("a cache folder that is not there yet is judged by its parent, and not made", async () => {
  const parent = await Deno.makeTempDir();
  const { state, detail } = await checkCache(`${parent}/a/b`);
  assert.equal(state, "ok");
  assert.ok(detail.startsWith(`${parent}/a/b, `));
  assert.deepEqual(await Array.fromAsync(Deno.readDir(parent)), []);
  await Deno.remove(parent);
});

Deno.test("a mirror is a URL or a folder that is there", async () => {
  assert.equal((await checkMirror(undefined)).state, "ok");
  assert.equal((await checkMirror("https://mirror.example/data")).state, "ok");
  assert.equal((await checkMirror(new URL(".", import.meta.url).pathname)).state, "ok");
  assert.equal((await checkMirror("/no/such/folder")).state, "broken");
});

Deno.test({
  name: "Vulkan drivers are the files that a loader reads (linux)",
  ignore: Deno.build.os !== "linux",
  async fn() {
    const folder = await Deno.makeTempDir();
    await Deno.writeTextFile(`${folder}/lvp_icd.json`, "{}");
    await Deno.writeTextFile(`${folder}/notes.txt`, "");
    const installed = await checkVulkan(undefined, [folder, "/no/such/folder"]);
    assert.equal(installed.detail, `${folder}/lvp_icd.json`);
    assert.equal((await checkVulkan(`${folder}/lvp_icd.json`, [])).state, "ok");
    assert.equal((await checkVulkan(`${folder}/gone.json`, [folder])).state, "missing");
    assert.equal((await checkVulkan(undefined, [])).state, "missing");
    await Deno.remove(folder, { recursive: true });
  },
});

Deno.test("a report stands in columns, remedies below", () => {
  const text = report([
    { name: "deno", state: "ok", detail: "2.9.6" },
    { name: "cuda provider", state: "missing", detail: "not there", remedy: "install it" },
  ]);
  assert.equal(
    text,
    [
      "ok       deno           2.9.6",
      "missing  cuda provider  not there",
      "                        → install it",
    ].join("\n"),
  );
});

for (const device of ["webgpu", "cuda"] as const) {
  const missing = await probe(device);
  Deno.test({
    name: `run --device ${device} ends with 2 and says what to install` +
      (missing ? "" : ` (skipped: ${device} works here)`),
    ignore: missing === undefined,
    async fn() {
      const { code, out, err } = await crosstie(["run", "--device", device]);
      assert.equal(code, 2);
      assert.equal(out, "");
      assert.equal(
        err,
        `Cannot use --device ${device}: ${missing!.reason}\n  ${missing!.remedy}\n`,
      );
    },
  });
}

Deno.test("a provider that does not exist is missing, with a reason", async () => {
  const missing = await probe("no such thing" as "cpu");
  assert.ok(missing, "nothing of that name can start");
  assert.ok(missing.reason.length > 0 && missing.remedy.length > 0);
});
