/**
 * Escapes that a terminal would obey, in what strangers name: B6.
 *
 * @module
 */
import { type Attack, harmless, holds, refused } from "./attack.ts";
import { type Lab, tiny } from "./lab.ts";

const evil = "\x1b]0;pwn\x07\x9b31m";
const yaml = String.raw`\e]0;pwn\a\x9b31m`;

/** A pipeline file with a field of a stranger's. */
function field(about: string, from: string, to: string): Attack {
  return {
    id: "B6",
    about: `pipeline file: ${about}`,
    begins: "nothing",
    async attack(lab) {
      await lab.write("pipeline.yaml", tiny.replaceAll(from, to));
      const ran = await lab.run(["status", "--all"]);
      return ran.code === 0 ? harmless(ran, /␛/) : refused(ran, /␛/);
    },
  };
}

/** Fills every record's host, and every log, in a copy of the store. */
async function tamper(lab: Lab): Promise<string> {
  const store = lab.at("tampered");
  await Deno.remove(store, { recursive: true }).catch(() => {});
  await new Deno.Command("cp", { args: ["-r", lab.at(".crosstie"), store] }).output();
  for (const shelf of Deno.readDirSync(`${store}/records`)) {
    for (const { name } of Deno.readDirSync(`${store}/records/${shelf.name}`)) {
      const path = `${store}/records/${shelf.name}/${name}`;
      const record = JSON.parse(await Deno.readTextFile(path));
      const log = `${store}/objects/${record.log.slice(0, 2)}/${record.log}`;
      for (const each of [path, log]) await Deno.chmod(each, 0o644);
      await Deno.writeTextFile(log, `printed ${evil}\n`);
      await Deno.writeTextFile(path, JSON.stringify({ ...record, host: `a${evil}` }));
    }
  }
  return store;
}

const stored = (...args: string[]): Attack => ({
  id: "B6",
  about: `${args.join(" ")}: escapes in records and logs`,
  begins: "results",
  async attack(lab) {
    const ran = await lab.run(args, { env: { CROSSTIE_CACHE: await tamper(lab) } });
    return ran.code === 0 ? harmless(ran, /␛|whole/) : refused(ran, /␛|damage/);
  },
});

const asked = (query: string, format: string): Attack => ({
  id: "B6",
  about: `sql --format ${format} "${query.replaceAll(evil, "…")}"`,
  begins: "results",
  async attack(lab) {
    const ran = await lab.run(["sql", "--format", format, query]);
    holds(ran.code === 0, ran.stderr);
    return harmless(ran, /␛|\\u001b|pwn/);
  },
});

/** The attacks. */
export const terminals: readonly Attack[] = [
  field("a profile", "name: tiny", `name: tiny\nprofile: "${yaml}"`),
  field("use", "use: ner.memorize", `use: "${yaml}"`),
  field("an axis value", "[eng, swa]", `[eng, "${yaml}"]`),
  field(
    "a key of resources",
    "use: ner.evaluate",
    `use: ner.evaluate\n    resources: { "${yaml}": 1 }`,
  ),
  field("a corpus", "corpus: sample", `corpus: "${yaml}"`),
  field("an input's stage", "predictions: memorize", `predictions: "${yaml}"`),
  field("headline", "name: tiny", `name: tiny\nheadline: "${yaml}"`),
  field("a param", "params: {", `params: { "${yaml}": 1,`),
  {
    id: "B6",
    about: "-f FILE",
    begins: "nothing",
    attack: async (lab) => refused(await lab.run(["status", "-f", `${evil}.yaml`]), /␛/),
  },
  {
    id: "B6",
    about: "a shard's name in model.safetensors.index.json",
    begins: "model",
    async attack(lab) {
      await Deno.remove(lab.at("model/model.safetensors"));
      await lab.write("model/model.safetensors.index.json", { weight_map: { a: evil } });
      return refused(await lab.run(["status"]), /␛/);
    },
  },
  {
    id: "B6",
    about: "a profile's name in the lock",
    begins: "nothing",
    async attack(lab) {
      await lab.write("pipeline.yaml", tiny);
      const entry = { fingerprint: evil, madeOf: {}, runtime: null, outputs: {} };
      await lab.write("pipeline.lock", { lock: 1, profiles: { [evil]: { a: entry } } });
      return refused(await lab.run(["verify", "--lock"]), /␛/);
    },
  },
  asked(`SELECT '${evil}' AS "${evil}"`, "table"),
  asked(`SELECT '${evil}' AS "${evil}"`, "markdown"),
  stored("explain", "corpus", "--all"),
  stored("logs", "corpus"),
  stored("verify"),
];
