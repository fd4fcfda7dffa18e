/**
 * Reads amounts of memory and time, and settles what an instance may use.
 *
 * @module
 */
import type { Json } from "../core/canonical_json.ts";
import type { YamlPath } from "../core/yaml.ts";
import { resolveValue, type Scope } from "./references.ts";
import type { Resources } from "./stage.ts";

const defaults: Resources = { cores: 1, memoryMib: 1024, gpus: 0 };
const mibOf: Readonly<Record<string, number>> = {
  KiB: 1 / 1024,
  MiB: 1,
  GiB: 1024,
  TiB: 1024 * 1024,
};

/** Mebibytes in `512MiB` or `2GiB`; undefined for anything else. */
export function parseMemory(value: Json): number | undefined {
  const match = /^(\d+(?:\.\d+)?)\s*(KiB|MiB|GiB|TiB)$/.exec(String(value));
  return match ? Math.ceil(Number(match[1]) * mibOf[match[2]]) : undefined;
}

/** An amount of memory for people: `640 MiB`, `3.1 GiB`. */
export function memoryText(mib: number): string {
  return mib < 1000 ? `${Math.round(mib)} MiB` : `${gibText(mib)} GiB`;
}

/** Gibibytes with one digit after the point, where it says anything. */
export function gibText(mib: number): string {
  return String(Number((mib / 1024).toFixed(1)));
}

/** Minutes in `90s`, `30m`, `2h` or `1h30m`; undefined for anything else. */
export function parseMinutes(value: Json): number | undefined {
  const match = /^(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?$/.exec(String(value));
  if (!match || match[0] === "") return undefined;
  const [days, hours, minutes, seconds] = match.slice(1).map((part) => Number(part ?? 0));
  return days * 1440 + hours * 60 + minutes + seconds / 60;
}

const expected: Readonly<Record<string, string>> = {
  cores: "expected a whole number from 1",
  gpus: "expected a whole number from 0",
  memory: "expected an amount with its unit, such as 512MiB or 2GiB",
  time: "expected a time with its unit, such as 90s, 30m or 1h30m",
};

/** What an instance may use: the engine's defaults, then its kind's, then its own. */
export function settleResources(
  given: Readonly<Record<string, Json | undefined>>,
  ofKind: Partial<Resources> | undefined,
  path: YamlPath,
  scope: Scope,
): Resources {
  const result: Resources = { ...defaults, ...ofKind };
  if ((given.memory ?? ofKind?.memoryMib) !== undefined) result.limitsMemory = true;
  for (const [key, written] of Object.entries(given)) {
    if (written === undefined) continue;
    const value = resolveValue(written, [...path, key], scope);
    const amount = readAmount(key, value);
    if (amount === undefined) {
      const message = `Cannot read ${key} ${JSON.stringify(value)}`;
      scope.diagnostics.add([...path, key], message, { hint: expected[key] + advice(key, value) });
    } else if (key === "memory") result.memoryMib = amount;
    else if (key === "time") result.timeMinutes = amount;
    else if (key === "cores") result.cores = amount;
    else result.gpus = amount;
  }
  return result;
}

/** What a person probably meant: units as others write them. */
function advice(key: string, value: Json): string {
  const written = String(value);
  const memory = /^(\d+(?:\.\d+)?)\s*([KMGT])i?b?$/i.exec(written);
  if (key === "memory" && memory) return `; did you mean ${memory[1]}${memory[2].toUpperCase()}iB?`;
  const time = /^(\d+)\s*([smhd])[a-z]*$/i.exec(written);
  if (key === "time" && time) return `; did you mean ${time[1]}${time[2].toLowerCase()}?`;
  return "";
}

function readAmount(key: string, value: Json): number | undefined {
  if (key === "memory") return parseMemory(value);
  if (key === "time") return parseMinutes(value);
  const least = key === "cores" ? 1 : 0;
  return Number.isInteger(value) && Number(value) >= least ? Number(value) : undefined;
}
