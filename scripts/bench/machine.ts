/**
 * What a measurement was made on and with.
 *
 * @module
 */
import type { TorchVersions } from "./comparison.ts";

/** Who made the processor, in one word: `amd`, `intel`; its architecture where it does not say. */
export async function processorMake(): Promise<string> {
  const cpu = await Deno.readTextFile("/proc/cpuinfo");
  const vendor = /^vendor_id\s*: (.*)$/m.exec(cpu)?.[1] ?? Deno.build.arch;
  return vendor.replace(/^(Genuine|Authentic)/, "").toLowerCase();
}

/**
 * Date, machine, load and versions, one fact a line.
 *
 * @param load the load averages from before the measurement
 */
export async function machineFacts(
  { threads, load, versions }: {
    threads?: number;
    load: readonly number[];
    versions?: TorchVersions;
  },
): Promise<string[]> {
  const cpu = await Deno.readTextFile("/proc/cpuinfo");
  const field = (name: string) => new RegExp(`^${name}\\s*: (.*)$`, "m").exec(cpu)?.[1];
  const features = ["avx2", "avx512f", "avx512_bf16", "amx_bf16"]
    .filter((name) => field("flags")?.split(" ").includes(name));
  const memory = (Deno.systemMemoryInfo().total / 2 ** 30).toFixed(0);
  const config = JSON.parse(await Deno.readTextFile(new URL("../../deno.json", import.meta.url)));
  const runtime = config.imports["onnxruntime-node"].split("@").at(-1);
  return [
    new Date().toISOString().slice(0, 10),
    `${field("model name") ?? Deno.build.arch} (family ${field("cpu family")}, model ${
      field("model")
    }), ${navigator.hardwareConcurrency} cores, ${features.join(", ")}; ${memory} GiB${
      threads === undefined ? "" : `; ${threads} threads on either side`
    }`,
    `load average at the start: ${load.map((each) => each.toFixed(1)).join(", ")}`,
    `${Deno.build.os} ${Deno.osRelease()}, deno ${Deno.version.deno}, onnxruntime-node ${runtime}` +
    (versions
      ? `, Python ${versions.python}, torch ${versions.torch}, transformers ${versions.transformers}`
      : ""),
  ];
}
