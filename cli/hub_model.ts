/**
 * Models of the Hugging Face hub, fetched for `predict`.
 *
 * @module
 */
import { join } from "node:path";
import { UserError } from "../lib/core/errors.ts";
import { exit } from "./exit.ts";
import { cacheFolder } from "./folders.ts";
import { sizeText } from "./sizes.ts";
import { clearErrorLine, printError, printErrorPart } from "./terminal.ts";

/** Whether a name can be one of the hub: owner/name, or owner/name@revision. */
export function isHubName(name: string): boolean {
  return /^[\w-][\w.-]*\/[\w-][\w.-]*(@\w[\w.-]*)?$/.test(name);
}

/**
 * Fetches a model, its head included, as a stage `encoder` fetches an encoder: from the hub's cache on
 * this machine, the download folder, CROSSTIE_MIRROR or the hub. Its files lie in a folder of their own
 * until it is disposed of; what was downloaded stays.
 *
 * @throws {UserError} where there is no such model, or it cannot be used
 */
export async function fetchHubModel(
  name: string,
): Promise<{ readonly folder: string } & AsyncDisposable> {
  const [{ findEncoder, standardEncoders }, { fetchEncoder }, { hubCacheFolder }] = await Promise
    .all([
      import("../lib/encoders/catalogue.ts"),
      import("../lib/encoders/fetch_encoder.ts"),
      import("../lib/encoders/hub_cache.ts"),
    ]);
  const downloads = `${cacheFolder()}/downloads`;
  await Deno.mkdir(downloads, { recursive: true });
  const folder = await Deno.makeTempDir({ dir: downloads, prefix: "model-" });
  const remove = () => Deno.remove(folder, { recursive: true });
  const signals: readonly Deno.Signal[] = ["SIGINT", "SIGTERM"];
  const end = (): void => {
    Deno.removeSync(folder, { recursive: true });
    Deno.exit(exit.interrupted);
  };
  for (const signal of signals) Deno.addSignalListener(signal, end);
  const isLive = Deno.stderr.isTerminal() && Deno.env.get("TERM") !== "dumb";
  try {
    await fetchEncoder(findEncoder(await standardEncoders(), name), {
      config: join(folder, "config.json"),
      weights: join(folder, "model.safetensors"),
      tokenizer: join(folder, "tokenizer.json"),
      tokenizerConfig: join(folder, "tokenizer_config.json"),
    }, {
      folder: downloads,
      mirror: Deno.env.get("CROSSTIE_MIRROR"),
      hubToken: Deno.env.get("HF_TOKEN"),
      hubCache: hubCacheFolder((variable) => Deno.env.get(variable)),
      onProgress: (done, total, detail) => {
        if (!isLive) return;
        clearErrorLine();
        const of = total ? ` of ${sizeText(total)}` : "";
        printErrorPart(`${detail ?? name}: ${sizeText(done)}${of}`);
      },
      // Where a file came from is told where it took time.
      log: (line) => {
        if (isLive) clearErrorLine();
        if (!/from (the download folder|the hub's cache on this machine)$/.test(line)) {
          printError(line);
        }
      },
    });
    return { folder, [Symbol.asyncDispose]: remove };
  } catch (error) {
    await remove();
    if (!(error instanceof UserError)) throw error;
    const [first, ...others] = error.problems;
    const message = `Cannot use the model "${name}", as no folder here has that name, and of the ` +
      `hub: ${first.message}`;
    throw new UserError([{ ...first, message }, ...others], { cause: error });
  } finally {
    if (isLive) clearErrorLine();
    for (const signal of signals) Deno.removeSignalListener(signal, end);
  }
}
