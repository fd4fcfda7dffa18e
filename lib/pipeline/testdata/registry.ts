/**
 * The registry of the test stages.
 *
 * @module
 */
import type { StageRegistry } from "../../plan/stage.ts";

/** The test stages. */
export const stages: StageRegistry = {
  write: {
    module: new URL("./write.ts", import.meta.url).href,
    load: async () => (await import("./write.ts")).stage,
  },
  concat: {
    module: new URL("./concat.ts", import.meta.url).href,
    load: async () => (await import("./concat.ts")).stage,
  },
  label: {
    module: new URL("./label.ts", import.meta.url).href,
    load: async () => (await import("./label.ts")).stage,
  },
  occupy: {
    module: new URL("./occupy.ts", import.meta.url).href,
    load: async () => (await import("./occupy.ts")).stage,
    estimate: async () => (await import("./occupy_estimate.ts")).estimate,
  },
  solve: {
    module: new URL("./solve.ts", import.meta.url).href,
    devices: {
      cpu: new URL("./solve_cpu.ts", import.meta.url).href,
      webgpu: new URL("./solve_gpu.ts", import.meta.url).href,
      cuda: new URL("./solve_gpu.ts", import.meta.url).href,
    },
    load: async () => (await import("./solve.ts")).stage,
  },
  take: {
    module: new URL("./take.ts", import.meta.url).href,
    load: async () => (await import("./take.ts")).stage,
  },
  upper: {
    module: new URL("./upper.ts", import.meta.url).href,
    load: async () => (await import("./upper.ts")).stage,
  },
};
