/**
 * Plans 50,000 damaged pipeline files: `deno run -A scripts/fuzz_yaml.ts [COUNT] [SEED]`.
 *
 * They are planned by a process that may write to one temporary folder, and has no network and no
 * other processes; whatever it tries beyond that is an error of ours, and is counted as one.
 *
 * @module
 */
import { createInterface } from "node:readline";
import { Readable } from "node:stream";
import type { ReadableStream } from "node:stream/web";
import { fileURLToPath } from "node:url";
import type { Ending } from "./fuzz/judge_mutant.ts";

/** Longer than this is a hang, in ms. */
const hangMs = 2_000;

const judge = fileURLToPath(new URL("./fuzz/judge_mutant.ts", import.meta.url));

/** How many ended how. */
interface Tally {
  planned: number;
  refused: number;
  readonly broken: Ending[];
  readonly hung: number[];
  slowestMs: number;
  readonly messages: Map<string, number>;
}

/** Judges files until one hangs; returns the index after the last. */
async function judgeSome(seed: number, from: number, to: number, tally: Tally): Promise<number> {
  const folder = await Deno.makeTempDir();
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--quiet",
      "--allow-read",
      "--allow-env",
      "--allow-sys",
      "--allow-ffi",
      `--allow-write=${folder}`,
      "--deny-net",
      "--deny-run",
      "--no-prompt",
      judge,
      ...[seed, from, to].map(String),
      `${folder}/pipeline.yaml`,
    ],
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  let next = from;
  let watch: ReturnType<typeof setTimeout> | undefined;
  const expect = (): void => {
    clearTimeout(watch);
    // Ten times as patient as a hang is long: this machine may be busy.
    watch = setTimeout(() => child.kill("SIGKILL"), 10 * hangMs);
  };
  expect();
  const output = Readable.fromWeb(child.stdout as ReadableStream);
  for await (const line of createInterface({ input: output })) {
    expect();
    const ending: Ending = JSON.parse(line);
    next = ending.index + 1;
    tally.slowestMs = Math.max(tally.slowestMs, ending.milliseconds);
    if (ending.milliseconds > hangMs) tally.hung.push(ending.index);
    if (ending.kind === "broken") tally.broken.push(ending);
    else tally[ending.kind]++;
    const message = ending.message?.replace(/"[^"]*"|\S*\[.*?\]\S*|\d+/g, "…").slice(0, 60);
    if (message) tally.messages.set(message, (tally.messages.get(message) ?? 0) + 1);
  }
  clearTimeout(watch);
  await child.status;
  await Deno.remove(folder, { recursive: true });
  if (next < to) tally.hung.push(next++);
  return next;
}

if (import.meta.main) {
  const [count = 50_000, seed = 1] = Deno.args.map(Number);
  const tally: Tally = {
    planned: 0,
    refused: 0,
    broken: [],
    hung: [],
    slowestMs: 0,
    messages: new Map(),
  };
  const startedAt = performance.now();
  for (let next = 0; next < count;) next = await judgeSome(seed, next, count, tally);
  const { planned, refused, broken, hung, slowestMs, messages } = tally;
  const seconds = (performance.now() - startedAt) / 1000;
  for (const { index, message } of broken.slice(0, 20)) console.log(`#${index}: ${message}\n`);
  console.log(`| damaged files (seed ${seed}) | ${count} |\n|---|---|`);
  console.log(`| planned as they are | ${planned} |`);
  console.log(`| refused with a message | ${refused} |`);
  console.log(`| different first messages | ${messages.size} |`);
  console.log(`| stack traces, or writes elsewhere | ${broken.length} |`);
  console.log(`| longer than ${hangMs / 1000} s | ${hung.length} ${hung.slice(0, 20).join(" ")} |`);
  console.log(`| the slowest | ${slowestMs.toFixed(0)} ms |`);
  console.log(`| all | ${seconds.toFixed(0)} s |`);
  if (broken.length + hung.length > 0) Deno.exit(1);
}
