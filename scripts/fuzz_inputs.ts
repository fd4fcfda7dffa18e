/**
 * Damages the files that come from strangers, and reads them:
 * `deno run -A scripts/fuzz_inputs.ts [SECONDS] [SEED] [KIND…]`, so many seconds for each kind.
 *
 * @module
 */
import { cpuUsage } from "node:process";
import { CounterRandom } from "../lib/core/random.ts";
import { UserError } from "../lib/core/errors.ts";
import { peakMemoryMib } from "../lib/core/process_memory.ts";
import { type FuzzTarget, fuzzTargets } from "./fuzz/fuzz_targets.ts";

/** How the mutants of one kind ended. */
export interface Tally {
  mutants: number;
  refused: number;
  /** Index and text of errors that are mistakes of ours. */
  readonly broken: string[];
  /** The most that reading one took, in seconds of a core: other work on the machine does not count. */
  slowest: number;
  /** The most memory that this process has had, in MiB. */
  mostMib: number;
}

const pieces = [
  ...["", "null", "{}", "[]", '"', "-1", "1e999", "\\u0000", ",", ":", "true", "\n", "\xff\xfe"],
  ...[
    "../../x",
    "/etc/passwd",
    '"__proto__":',
    '"constructor":',
    "9".repeat(40),
    "0",
    "2147483648",
  ],
  ...["[".repeat(5_000), '{"a":'.repeat(3_000), " ".repeat(9_000), "\0".repeat(600)],
].map((text) => new TextEncoder().encode(text));

/** Bytes with one to four places changed. */
export function damaged(bytes: Uint8Array, random: CounterRandom): Uint8Array<ArrayBuffer> {
  let result = Uint8Array.from(bytes);
  for (let i = random.integer(4); i >= 0; i--) {
    const at = random.integer(result.length + 1);
    const head = result.subarray(0, at), cut = at + random.integer(12);
    switch (random.integer(5)) {
      case 0:
        if (at < result.length) result[at] ^= 1 << random.integer(8);
        break;
      case 1:
        result = joined(head, random.pick(pieces), result.subarray(cut));
        break;
      case 2:
        result = joined(head, result.subarray(cut));
        break;
      case 3: {
        const from = random.integer(result.length + 1);
        result = joined(
          head,
          result.subarray(from, from + random.integer(200)),
          result.subarray(at),
        );
        break;
      }
      default:
        if (random.integer(4) === 0) result = joined(head);
        else result.fill(random.pick([0, 0x20, 0x7f, 0xff]), at, cut);
    }
  }
  return result;
}

function joined(...parts: Uint8Array[]): Uint8Array<ArrayBuffer> {
  const result = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    result.set(part, at);
    at += part.length;
  }
  return result;
}

/** Reads mutants of one kind for a while. */
export async function fuzz(
  name: string,
  target: FuzzTarget,
  { seconds, seed }: { seconds: number; seed: number },
): Promise<Tally> {
  const folder = await Deno.makeTempDir();
  const tally: Tally = { mutants: 0, refused: 0, broken: [], slowest: 0, mostMib: 0 };
  const path = `${folder}/${target.file}`;
  try {
    const good = await target.good(folder);
    await Deno.writeFile(path, good);
    await target.read(folder);
    const end = performance.now() + 1_000 * seconds;
    while (performance.now() < end) {
      const index = tally.mutants++;
      await Deno.writeFile(path, damaged(good, new CounterRandom(`fuzz ${name}`, seed, index)));
      const before = cpuUsage();
      try {
        await target.read(folder);
      } catch (error) {
        if (error instanceof UserError) tally.refused++;
        else if (tally.broken.length < 20) {
          tally.broken.push(`#${index}: ${error instanceof Error ? error.stack : error}`);
        }
      }
      const { user, system } = cpuUsage(before);
      tally.slowest = Math.max(tally.slowest, (user + system) / 1e6);
    }
    tally.mostMib = peakMemoryMib(Deno.pid);
    return tally;
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** What reading a stranger's file may take: MiB, with the program itself, and seconds of a core. */
const allowed = { mib: 1024, seconds: 10 };

if (import.meta.main) {
  const [seconds = "60", seed = "1", ...kinds] = Deno.args;
  let isBroken = false;
  for (const [name, target] of Object.entries(fuzzTargets)) {
    if (kinds.length > 0 && !kinds.includes(name)) continue;
    const tally = await fuzz(name, target, { seconds: Number(seconds), seed: Number(seed) });
    const { mutants, refused, broken, slowest, mostMib } = tally;
    console.log(
      `| ${name} | ${mutants} | ${refused} | ${broken.length} | ${
        slowest.toFixed(2)
      } | ${mostMib} |`,
    );
    for (const each of broken) console.log(each);
    const tooMuch = [
      ...mostMib > allowed.mib ? [`more than ${allowed.mib} MiB`] : [],
      ...slowest > allowed.seconds ? [`more than ${allowed.seconds} s of a core`] : [],
      ...refused === mutants ? ["nothing: all were refused"] : [],
    ];
    for (const each of tooMuch) console.log(`${name} took ${each}`);
    isBroken ||= broken.length > 0 || tooMuch.length > 0;
  }
  Deno.exit(isBroken ? 1 : 0);
}
