/**
 * Writes down what a worker needs to know to run an instance.
 *
 * @module
 */
import { canonicalJson } from "../core/canonical_json.ts";
import type { Components } from "../store/fingerprint.ts";
import type { Provenance, RunRecord } from "../store/record.ts";
import type { Store } from "../store/store.ts";
import type { Instance } from "../plan/plan.ts";
import type { InputInstance, Resources } from "../plan/stage.ts";
import type { Judge } from "./freshness.ts";
import { readProvenance } from "./provenance.ts";
import type { WorkRequest } from "./work.ts";

/** A request without what depends on the instance's inputs. */
export type RequestFrame = Omit<WorkRequest, "fingerprint" | "components" | "inputs">;

/** Contents with the paths where they lie. */
export function placed(
  digests: Readonly<Record<string, string>>,
  store: Store,
): Required<Pick<InputInstance, "files" | "digests">> {
  const files = Object.entries(digests)
    .map(([file, digest]): [string, string] => [file, store.objectPath(digest)]);
  return { files: Object.fromEntries(files), digests };
}

/** Makes the requests of a run. */
export class Requests {
  #provenance: Promise<Provenance> | undefined;

  constructor(readonly judge: Judge) {}

  /** The request for an instance whose inputs are there. */
  async of(
    instance: Instance,
    { fingerprint, components }: { fingerprint: string; components: Components },
    recordOf: (id: string) => RunRecord,
    resources: Resources,
    attemptFolder: string,
  ): Promise<WorkRequest> {
    const { store } = this.judge.workspace;
    const kind = this.judge.plan.kinds.get(instance.kind)!;
    const inputs = Object.entries(instance.inputs).map(([input, ids]) => [
      input,
      ids.map((id): InputInstance => {
        const { outputs } = recordOf(id);
        const { axes, name } = this.judge.context.instances.get(id)!;
        const digests = Object.fromEntries(
          kind.inputs[input].files.map((file) => [file, outputs[file].digest]),
        );
        return { instance: name, axes, ...placed(digests, store) };
      }),
    ]);
    return {
      ...await this.frame(instance, resources, attemptFolder),
      fingerprint,
      components,
      inputs: Object.fromEntries(inputs),
    };
  }

  /** All of a request that is known before the instance's inputs are there. */
  async frame(
    instance: Instance,
    resources: Resources,
    attemptFolder: string,
  ): Promise<RequestFrame> {
    const { workspace: { store, projectFolder, device }, context } = this.judge;
    this.#provenance ??= readProvenance(projectFolder, context.onnxruntime);
    const { pipeline, profile } = instance.study;
    return {
      format: 1,
      pipeline,
      profile,
      instance: instance.name,
      kind: instance.kind,
      params: instance.params,
      resources,
      slurm: instance.slurm,
      device,
      projectFolder,
      storeFolder: store.folder,
      attemptFolder,
      codeFiles: store.putText(canonicalJson(this.judge.codeOf(instance).files)),
      provenance: await this.#provenance,
    };
  }
}
