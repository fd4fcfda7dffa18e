/**
 * What instances are expected to take, estimated before they run.
 *
 * @module
 */
import type { Json } from "../core/canonical_json.ts";
import type { Diagnostics } from "../core/diagnostics.ts";
import type { Device, Estimate, Resources, StageRegistry } from "./stage.ts";

/** What this looks at of an instance. */
interface Planned {
  readonly id: string;
  readonly stage: string;
  readonly kind: string;
  readonly params: Json;
  readonly inputs: Readonly<Record<string, readonly string[]>>;
  readonly resources: Resources;
}

/** An instance with what it is expected to take. */
type Expected<I> = I & {
  /** Main memory at its peak, in MiB, as estimated; undefined where nobody can say. */
  readonly expectedMib?: number;
};

/** Estimates are rounded up to this, in MiB: they are not exact, and equal ones are told together. */
const stepMib = 32;
/** What one should declare, as a share of the estimate: no estimate is exact. */
const declaredShare = 1.25;

/**
 * Estimates the memory of instances. It is what they take of a machine's where nothing is declared;
 * where less is declared than they are expected to take, a warning says so.
 *
 * @param instances upstream first
 * @param device where they will run: what a graphics processor holds is not estimated
 */
export async function settleExpectations<I extends Planned>(
  instances: readonly I[],
  registry: StageRegistry,
  device: Device,
  diagnostics: Diagnostics,
): Promise<Expected<I>[]> {
  const estimates = new Map<string, Estimate | undefined>();
  const known = new Map<string, unknown>();
  const settled: Expected<I>[] = [];
  for (const instance of instances) {
    const { id, kind, params, resources } = instance;
    if (!estimates.has(kind)) estimates.set(kind, await registry[kind].estimate?.());
    const expectation = await estimates.get(kind)?.({
      params,
      inputs: knownInputs(instance, known),
      device: resources.gpus > 0 && device === "cpu" ? "cuda" : device,
    });
    if (expectation?.known !== undefined) known.set(id, expectation.known);
    if (expectation?.memoryMib === undefined) {
      settled.push(instance);
      continue;
    }
    const expectedMib = stepMib * Math.ceil(expectation.memoryMib / stepMib);
    settled.push({
      ...instance,
      expectedMib,
      resources: resources.limitsMemory
        ? resources
        : { ...resources, memoryMib: expectedMib, estimatesMemory: true },
    });
  }
  warnOfLittleMemory(settled, diagnostics);
  return settled;
}

function knownInputs(
  { inputs }: Planned,
  known: ReadonlyMap<string, unknown>,
): Record<string, unknown[]> {
  return Object.fromEntries(
    Object.entries(inputs).map(([input, ids]) => [
      input,
      [...new Set(ids.map((id) => known.get(id)))],
    ]),
  );
}

/** Warns once of a stage and what it declares, with the most that one of its instances takes. */
function warnOfLittleMemory(
  instances: readonly Expected<Planned>[],
  diagnostics: Diagnostics,
): void {
  const most = new Map<string, { stage: string; declared: number; expected: number }>();
  for (const { stage, resources, expectedMib = 0 } of instances) {
    const declared = resources.memoryMib;
    if (!resources.limitsMemory || expectedMib <= declared) continue;
    const key = `${declared} ${stage}`;
    const expected = Math.max(expectedMib, most.get(key)?.expected ?? 0);
    most.set(key, { stage, declared, expected });
  }
  for (const { stage, declared, expected } of most.values()) {
    const enough = Math.ceil(declaredShare * expected / 1024);
    diagnostics.add(
      ["stages", stage, "resources", "memory"],
      `Stage "${stage}" may take ${declared} MiB of memory, and is expected to take about ${expected}`,
      {
        hint:
          `an instance that takes more than it may is ended: give it ${enough}GiB, or make its ` +
          "batches or its model smaller",
        severity: "warning",
      },
    );
  }
}
