/**
 * Every stage kind: what `use:` in a pipeline file can name.
 *
 * @module
 */
import type { StageRegistry } from "../lib/plan/stage.ts";

function moduleUrl(file: string): string {
  return new URL(file, import.meta.url).href;
}

/** The registry, in the order of the data. */
export const stages: StageRegistry = {
  download: {
    module: moduleUrl("./download.ts"),
    load: async () => (await import("./download.ts")).download,
  },
  downloadTexts: {
    module: moduleUrl("./download_texts.ts"),
    load: async () => (await import("./download_texts.ts")).downloadTexts,
  },
  tokenize: {
    module: moduleUrl("./tokenize.ts"),
    load: async () => (await import("./tokenize.ts")).tokenize,
  },
  train: {
    module: moduleUrl("./train.ts"),
    load: async () => (await import("./train.ts")).train,
  },
  memorize: {
    module: moduleUrl("./memorize.ts"),
    load: async () => (await import("./memorize.ts")).memorize,
  },
  evaluate: {
    module: moduleUrl("./evaluate.ts"),
    load: async () => (await import("./evaluate.ts")).evaluate,
  },
  transfer: {
    module: moduleUrl("./transfer.ts"),
    load: async () => (await import("./transfer.ts")).transfer,
  },
};
