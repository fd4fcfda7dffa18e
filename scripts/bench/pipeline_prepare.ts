/**
 * Fills the store as if every instance of a pipeline file had run; part of the copied project.
 *
 * @module
 */
import { canonicalJson } from "../../lib/core/canonical_json.ts";
import { sha256 } from "../../lib/core/sha256.ts";
import { componentsOf } from "../../lib/pipeline/components.ts";
import { Judge } from "../../lib/pipeline/freshness.ts";
import { readProvenance } from "../../lib/pipeline/provenance.ts";
import { stages } from "../../lib/pipeline/testdata/registry.ts";
import { makePlan } from "../../lib/plan/plan.ts";
import { fingerprintOf } from "../../lib/store/fingerprint.ts";
import type { RunRecord } from "../../lib/store/record.ts";
import { createStore, Store } from "../../lib/store/store.ts";

const projectFolder = Deno.cwd();
await createStore(Deno.env.get("CROSSTIE_CACHE")!);
const store = new Store(Deno.env.get("CROSSTIE_CACHE")!);
const { plan } = await makePlan({ file: Deno.args[0] }, stages);
const judge = await Judge.create(plan, {
  projectFolder,
  store,
  resultsFolder: `${projectFolder}/results`,
  registry: stages,
  device: "cpu",
});
for (let i = 0; i < 256; i++) {
  const name = i.toString(16).padStart(2, "0");
  Deno.mkdirSync(`${store.folder}/records/${name}`, { recursive: true });
  Deno.mkdirSync(`${store.folder}/objects/${name}`, { recursive: true });
}
const provenance = await readProvenance(projectFolder, judge.context.onnxruntime);
const log = store.putText("writing\n");
const codeFiles = new Map<string, string>();
for (const [kind, { files }] of judge.context.code) {
  codeFiles.set(kind, store.putText(canonicalJson(files)));
}
const records = new Map<string, RunRecord>();
for (const instance of plan.instances) {
  const kind = plan.kinds.get(instance.kind)!;
  const components = await componentsOf(instance, kind, (id) => records.get(id)!, judge.context);
  const text = String(instance.axes.chain);
  const stored = { digest: sha256(text), sizeBytes: text.length };
  if (instance.kind === "write") Deno.writeTextFileSync(store.objectPath(stored.digest), text);
  const at = "2026-01-01T00:00:00.000Z";
  const record: RunRecord = {
    format: 1,
    fingerprint: fingerprintOf(components),
    instance: instance.id,
    components,
    outputs: Object.fromEntries(Object.keys(kind.outputs).map((name) => [name, stored])),
    log,
    codeFiles: codeFiles.get(instance.kind)!,
    resources: instance.resources,
    device: "cpu",
    startedAt: at,
    endedAt: at,
    host: "bench",
    provenance,
  };
  records.set(instance.id, record);
  Deno.writeTextFileSync(store.recordPath(record.fingerprint), JSON.stringify(record));
}
