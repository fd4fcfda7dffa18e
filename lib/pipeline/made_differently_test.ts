import { strict as assert } from "node:assert";
import type { Json } from "../core/canonical_json.ts";
import type { LockEntry } from "../store/lock.ts";
import type { RunRecord } from "../store/record.ts";
import type { Store } from "../store/store.ts";
import { type Made, madeDifferently } from "./made_differently.ts";

// Names of files explain only: without a store there are none.
const store = { readText: () => Promise.resolve(undefined) } as unknown as Store;
const digestOf = (text: string): string => text.padEnd(64, "0");

interface Given {
  readonly kind: string;
  readonly params?: Json;
  readonly inputs?: Readonly<Record<string, string[]>>;
  readonly device?: "cpu" | "cuda";
}

function made(id: string, { kind, params = {}, inputs = {}, device = "cpu" }: Given): Made {
  const runtime = { onnxruntime: "1", device, cores: 1 };
  const contents = Object.entries(inputs).map(([name, from]) => [
    name,
    from.map((each) => ({ "out.parquet": digestOf(each) })),
  ]);
  const components = {
    kind,
    code: "c",
    packages: [],
    params,
    inputs: Object.fromEntries(contents),
    reads: null,
    runtime,
  };
  const entry = {
    fingerprint: JSON.stringify([id, params, inputs, device]),
    outputs: { "out.parquet": { digest: digestOf(id), sizeBytes: 1 } },
    runtime: { ...runtime, cpu: "x" },
    madeOf: { code: "c", packages: "p", params: JSON.stringify(params), inputs: "i", reads: "r" },
  } as unknown as LockEntry;
  return { entry, record: { components, codeFiles: "f" } as unknown as RunRecord };
}

const results = (given: Readonly<Record<string, Given>>) =>
  new Map(Object.entries(given).map(([id, each]) => [id, made(id, each)]));

const tokens = { "tokens[language=eng]": { kind: "t" }, "tokens[language=deu]": { kind: "t" } };
const train = (language: string, more: Partial<Given> = {}): Given => ({
  kind: "train",
  inputs: { examples: [`tokens[language=${language}]`] },
  ...more,
});

const cases: [string, Record<string, Given>, Record<string, Given>, string[]][] = [
  [
    "the same",
    { ...tokens, "train[s=1]": train("eng") },
    { ...tokens, "train[s=1]": train("eng") },
    [],
  ],
  [
    "a param",
    { ...tokens, "train[h=1]": train("eng", { params: { rate: 1 } }) },
    { ...tokens, "train[h=2]": train("eng", { params: { rate: 2 } }) },
    ["params train paramChanged params.rate 1 2"],
  ],
  [
    "other data, and what follows of it",
    {
      ...tokens,
      "train[s=eng]": train("eng"),
      "eval[s=eng]": { kind: "e", inputs: { model: ["train[s=eng]"] } },
    },
    {
      ...tokens,
      "train[s=deu]": train("deu"),
      "eval[s=deu]": { kind: "e", inputs: { model: ["train[s=deu]"] } },
    },
    ['data train inputChanged inputs.examples "tokens[language=eng]" "tokens[language=deu]"'],
  ],
  [
    "a device",
    { train: { kind: "train" } },
    { train: { kind: "train", device: "cuda" } },
    ['runtime train runtimeChanged runtime.device "cpu" "cuda"'],
  ],
  [
    "stages of other kinds",
    { train: { kind: "train" } },
    { memorize: { kind: "memorize" } },
    ['code pipeline codeChanged stages "train" "memorize"'],
  ],
];
for (const [name, a, b, expected] of cases) {
  Deno.test(`made differently: ${name}`, async () => {
    const found = await madeDifferently(results(a), results(b), store);
    assert.deepEqual(
      found.map(({ aspect, stage, verdict }) =>
        [
          aspect,
          stage,
          verdict.name,
          verdict.about,
          ...[verdict.before, verdict.after].map((each) => JSON.stringify(each)),
        ]
          .join(" ")
      ),
      expected,
    );
  });
}
