import { strict as assert } from "node:assert";
import { fileURLToPath } from "node:url";
import { report } from "./doctor.ts";
import {
  type Check,
  checkCache,
  checkDeno,
  checkMirror,
  checkPasswords,
  checkVulkan,
} from "./doctor_checks.ts";
import type { Study } from "./doctor_studies.ts";
import { probe } from "./probe.ts";
import { thisMachine } from "../lib/pipeline/machine.ts";

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
  const lines: (Check | Study)[] = out.trim().split("\n").map((line) => JSON.parse(line));
  const found = lines.filter((line): line is Check => !("study" in line));
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
  const studies = lines.filter((line) => "study" in line);
  const [{ study, profile, stage, memoryMib, machineMib }] = studies;
  assert.deepEqual([study, profile, stage], ["pipeline.yaml", "sample", "train"]);
  assert.ok(memoryMib! > 200 && memoryMib! < 1000, `the sample takes ${memoryMib} MiB`);
  assert.equal(machineMib, thisMachine().memoryMib);
  // Files are planned whether or not this machine has what they ask for.
  for (const { study, state, detail } of studies) assert.notEqual(state, "broken", study + detail);
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

const here = new URL(".", import.meta.url).pathname;
const mirrors: readonly (readonly [mirror: string | undefined, state: string, detail: string])[] = [
  [undefined, "ok", "none: files come from their public addresses"],
  ["", "ok", "none: files come from their public addresses"],
  ["https://mirror.example/data", "ok", "https://mirror.example/data"],
  [here, "ok", here],
  [`${here}:https://ann:secret@host:81/a`, "ok", `${here}, then https://host:81/a`],
  ["/no/such/folder", "broken", "CROSSTIE_MIRROR is no folder: /no/such/folder"],
  [`${here}:/no/such/folder`, "broken", "CROSSTIE_MIRROR is no folder: /no/such/folder"],
  [
    "htps://ann:secret@host/a",
    "broken",
    'Cannot use CROSSTIE_MIRROR="htps://host/a": it is not http or https',
  ],
  [
    "https://ann:a%secret@host/a",
    "broken",
    'Cannot use CROSSTIE_MIRROR="https://host/a": its user or password is not percent-encoded UTF-8',
  ],
  [
    "https://host/a?token=secret",
    "broken",
    'Cannot use CROSSTIE_MIRROR="https://host/a": it has a query or fragment, which names no folder',
  ],
];
for (const [mirror, state, detail] of mirrors) {
  Deno.test(`the mirror ${JSON.stringify(mirror)} is ${state}, and shown without secrets`, async () => {
    const found = await checkMirror(mirror);
    assert.deepEqual([found.state, found.detail], [state, detail]);
  });
}

Deno.test("passwords that were stored are found and not shown, with what to do", async () => {
  const folder = await Deno.makeTempDir();
  assert.equal(await checkPasswords(folder), undefined);
  await Deno.mkdir(`${folder}/attempts/ab`, { recursive: true });
  await Deno.mkdir(`${folder}/runs`);
  await Deno.mkdir(`${folder}/downloads/host`, { recursive: true });
  await Deno.writeTextFile(`${folder}/attempts/ab/x.log`, "https://host/a: HTTP 503; trying again");
  assert.equal(await checkPasswords(folder), undefined);
  await Deno.writeTextFile(`${folder}/runs/1.jsonl`, '{"log":"http://bob:hunter2@host:81/x: cut"}');
  await Deno.writeTextFile(
    `${folder}/downloads/host/a.partial.json`,
    '{"url":"http://bob:hunter2@host:81/y"}',
  );
  const found = await checkPasswords(folder);
  assert.deepEqual(found, {
    name: "stored passwords",
    state: "broken",
    detail: "those of http://…:…@host:81, in 2 files: " +
      `${folder}/downloads/host/a.partial.json, ${folder}/runs/1.jsonl`,
    remedy: "change these passwords, remove these files, then crosstie verify --heal",
  });
  await Deno.remove(folder, { recursive: true });
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
