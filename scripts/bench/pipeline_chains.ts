/**
 * The graph that all pipeline tools get: chains whose first step writes the chain's name to a file,
 * and whose other steps copy it.
 *
 * @module
 */

/** A graph of `chains × steps` instances. */
export interface Chains {
  readonly chains: number;
  readonly steps: number;
}

/** Chains of ten steps with so many instances. */
export function chainsOf(instances: number): Chains {
  return { chains: instances / 10, steps: 10 };
}

/** The names of the chains. */
export function namesOf({ chains }: Chains): string[] {
  return Array.from({ length: chains }, (_, i) => `c${i}`);
}

/** One step of a chain, as a shell would do it. */
export interface Task {
  readonly id: string;
  readonly chain: string;
  readonly step: number;
  /** The step before it. */
  readonly after?: string;
  readonly input?: string;
  readonly output: string;
  readonly command: string;
}

/** Every task; chain after chain. */
export function tasksOf(chains: Chains): Task[] {
  return namesOf(chains).flatMap((chain) =>
    Array.from({ length: chains.steps }, (_, step): Task => {
      const output = `${chain}/${step}.txt`;
      const id = `${chain}s${step}`;
      if (step === 0) return { id, chain, step, output, command: `echo ${chain} > ${output}` };
      const input = `${chain}/${step - 1}.txt`;
      const after = `${chain}s${step - 1}`;
      return { id, chain, step, after, input, output, command: `cp ${input} ${output}` };
    })
  );
}
