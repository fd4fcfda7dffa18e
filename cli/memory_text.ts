/**
 * What a run is expected to take of the memory there is, for people.
 *
 * @module
 */
import type { ExpectedMemory } from "../lib/pipeline/expected_memory.ts";
import { memoryText } from "../lib/plan/resources.ts";

/**
 * `train takes about 3.1 GiB, predict 640 MiB; this machine has 23.4 GiB`, or no line where nothing
 * is expected.
 */
export function memoryLines({ stages, machineMib }: ExpectedMemory): string[] {
  const [first, ...others] = Object.entries(stages);
  if (!first) return [];
  const parts = [
    `${first[0]} takes about ${memoryText(first[1])}`,
    ...others.map(([stage, mib]) => `${stage} ${memoryText(mib)}`),
  ];
  const has = machineMib === undefined ? "" : `; this machine has ${memoryText(machineMib)}`;
  return [parts.join(", ") + has];
}
