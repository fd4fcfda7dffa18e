import { strict as assert } from "node:assert";
import { makePlan, type Plan } from "./plan.ts";
import { selectTargets } from "./targets.ts";
import { stages } from "../pipeline/testdata/registry.ts";

async function planOf(text: string, options: { profile?: string; set?: string[] } = {}) {
  const file = await Deno.makeTempFile({ suffix: ".yaml" });
  await Deno.writeTextFile(file, text);
  try {
    return await makePlan({ file, ...options }, stages);
  } finally {
    await Deno.remove(file);
  }
}

const ids = (plan: Plan, stage: string): string[] =>
  plan.instances.filter((each) => each.stage === stage).map(({ id }) => id);

/** A matrix, and the instances it stands for. `$words` is [ape, bee], `$n` is 7. */
const matrices: [about: string, matrix: string, expected: string[]][] = [
  ["no matrix", "", ["s"]],
  ["one axis", "{ a: [x, y] }", ["s[a=x]", "s[a=y]"]],
  ["the last axis is fastest", "{ a: [x, y], b: [1, 2] }", [
    "s[a=x,b=1]",
    "s[a=x,b=2]",
    "s[a=y,b=1]",
    "s[a=y,b=2]",
  ]],
  ["a param that is a list", "{ a: $words }", ["s[a=ape]", "s[a=bee]"]],
  ["a list in a list", "{ a: [$words, cat] }", ["s[a=ape]", "s[a=bee]", "s[a=cat]"]],
  ["a single value", "{ a: $n }", ["s[a=7]"]],
  ["booleans", "{ a: [true, false] }", ["s[a=true]", "s[a=false]"]],
  ["a name for several", "{ a: [$words, { all: $words }] }", ["s[a=ape]", "s[a=bee]", "s[a=all]"]],
  ["include", "{ a: [x], b: [1], include: [{ b: 2, a: y }] }", ["s[a=x,b=1]", "s[a=y,b=2]"]],
  ["include alone", "{ include: [{ a: x }, { a: [y, z] }] }", ["s[a=x]", "s[a=y]", "s[a=z]"]],
  ["exclude", "{ a: [x, y], b: [1, 2], exclude: [{ a: x, b: 1 }, { a: y, b: [2, 3] }] }", [
    "s[a=x,b=2]",
    "s[a=y,b=1]",
  ]],
  ["exclude the diagonal", "{ a: $words, b: $words, exclude: [{ a: $b }] }", [
    "s[a=ape,b=bee]",
    "s[a=bee,b=ape]",
  ]],
  ["exclude by members", "{ a: [ape, { all: $words }], b: [bee, cat], exclude: [{ b: $a }] }", [
    "s[a=ape,b=bee]",
    "s[a=ape,b=cat]",
    "s[a=all,b=cat]",
  ]],
  ["when", "{ a: [x, y], b: [1, 2], when: { a: x, b: [2, 3] } }", ["s[a=x,b=2]"]],
  ["when not", "{ a: [x, y], when: { a: { not: x } } }", ["s[a=y]"]],
  ["include is not filtered by when", "{ a: [x, y], when: { a: x }, include: [{ a: z }] }", [
    "s[a=x]",
    "s[a=z]",
  ]],
  ["zip", "{ a: [x, y], b: [1, 2], c: [p, q], zip: [[a, c]] }", [
    "s[a=x,b=1,c=p]",
    "s[a=x,b=2,c=p]",
    "s[a=y,b=1,c=q]",
    "s[a=y,b=2,c=q]",
  ]],
  ["an escaped dollar sign", "{ a: [$$x] }", ["s[a=$x]"]],
];

for (const [about, matrix, expected] of matrices) {
  Deno.test(`matrix: ${about}`, async () => {
    const { plan } = await planOf(`
name: m
params: { words: [ape, bee], n: 7 }
stages:
  s:
    use: write
    ${matrix && `matrix: ${matrix}`}
    with: { text: x }
`);
    assert.deepEqual(ids(plan, "s"), expected);
  });
}

const upstream = `
name: inputs
params: { words: [ape, bee], seeds: [1, 2] }
stages:
  words:
    use: write
    matrix: { word: $words, seed: $seeds }
    with: { text: $word }
  more:
    use: write
    matrix: { word: [cat] }
    with: { text: $word }
`;

/** A downstream stage, and what its instances take. */
const inputs: [about: string, stage: string, expected: Record<string, string[]>][] = [
  ["all instances when no axis is shared", "use: concat, inputs: { texts: words }", {
    s: [
      "words[word=ape,seed=1]",
      "words[word=ape,seed=2]",
      "words[word=bee,seed=1]",
      "words[word=bee,seed=2]",
    ],
  }],
  ["shared axes are equal", "use: concat, matrix: { seed: [2] }, inputs: { texts: words }", {
    "s[seed=2]": ["words[word=ape,seed=2]", "words[word=bee,seed=2]"],
  }],
  [
    "one instance by all shared axes",
    "use: upper, matrix: { seed: [2], word: [bee] }, inputs: { text: words }",
    {
      "s[seed=2,word=bee]": ["words[word=bee,seed=2]"],
    },
  ],
  [
    "a filter by a value and a list",
    "use: concat, inputs: { texts: { stage: words, where: { word: bee, seed: [1, 2] } } }",
    {
      s: ["words[word=bee,seed=1]", "words[word=bee,seed=2]"],
    },
  ],
  [
    "a filter by a param",
    "use: concat, inputs: { texts: { stage: words, where: { word: $words, seed: 1 } } }",
    {
      s: ["words[word=ape,seed=1]", "words[word=bee,seed=1]"],
    },
  ],
  [
    "a filter by another axis",
    "use: concat, matrix: { target: [bee] }, inputs: { texts: { stage: words, where: { word: $target } } }",
    {
      "s[target=bee]": ["words[word=bee,seed=1]", "words[word=bee,seed=2]"],
    },
  ],
  [
    "a filter by the members of a name",
    "use: concat, matrix: { source: [ape, { all: $words }], seed: [1] }, inputs: { texts: { stage: words, where: { word: $source } } }",
    {
      "s[source=ape,seed=1]": ["words[word=ape,seed=1]"],
      "s[source=all,seed=1]": ["words[word=ape,seed=1]", "words[word=bee,seed=1]"],
    },
  ],
  [
    "a filter replaces the shared axis",
    "use: concat, matrix: { seed: [1] }, inputs: { texts: { stage: words, where: { seed: 2 } } }",
    {
      "s[seed=1]": ["words[word=ape,seed=2]", "words[word=bee,seed=2]"],
    },
  ],
  [
    "several stages, in their order",
    "use: concat, inputs: { texts: [more, { stage: words, where: { word: ape, seed: 2 } }] }",
    {
      s: ["more[word=cat]", "words[word=ape,seed=2]"],
    },
  ],
];

for (const [about, stage, expected] of inputs) {
  Deno.test(`inputs: ${about}`, async () => {
    const { plan } = await planOf(`${upstream}  s: { ${stage} }\n`);
    const taken = plan.instances.filter((each) => each.stage === "s")
      .map(({ id, inputs }) => [id, Object.values(inputs)[0]]);
    assert.deepEqual(Object.fromEntries(taken), expected);
  });
}

Deno.test("an optional input takes nothing where it is left out", async () => {
  const { plan } = await planOf(`${upstream}
  without: { use: concat, inputs: { texts: more } }
  with: { use: concat, with: { wantsMore: true }, inputs: { texts: more, more: [more] } }
`);
  const inputsOf = (stage: string) => plan.instances.find((each) => each.stage === stage)!.inputs;
  assert.deepEqual(inputsOf("without"), { texts: ["more[word=cat]"], more: [] });
  assert.deepEqual(inputsOf("with"), { texts: ["more[word=cat]"], more: ["more[word=cat]"] });
});

Deno.test("params keep their types, profiles and --set override them in this order", async () => {
  const text = `
name: p
params: { text: base, copies: 1, sleepMs: 0 }
profile: small
profiles: { small: {}, big: { copies: 5, text: big } }
stages:
  s: { use: write, with: { text: $text, copies: $copies, extra: { deep: $sleepMs } } }
`;
  const paramsOf = async (options: { profile?: string; set?: string[] }) =>
    (await planOf(text, options)).plan.instances[0].params;
  const rest = { sleepMs: 0, fail: "no", extra: { deep: 0 } };
  assert.deepEqual(await paramsOf({}), { ...rest, text: "base", copies: 1 });
  assert.deepEqual(await paramsOf({ profile: "big" }), { ...rest, text: "big", copies: 5 });
  assert.deepEqual(await paramsOf({ profile: "big", set: ["copies=7"] }), {
    ...rest,
    text: "big",
    copies: 7,
  });
});

Deno.test("what --set tries has a place of its own, however it is spelled", async () => {
  const text = `
name: p
params: { text: base, words: [x] }
profiles: { big: {} }
stages:
  s: { use: write, matrix: { word: $words }, with: { text: $text } }
`;
  const placeOf = async (...set: string[]) => (await planOf(text, { set })).plan.studies[0].place;
  assert.equal(await placeOf(), "p/big");
  const place = "p/big+text=a%2Fb+words=[y,z]";
  assert.equal(await placeOf("words=[y, z]", "text=a/b"), place);
  assert.equal(await placeOf("text=c", 'text="a/b"', "words=[y,z]"), place);
  assert.equal(await placeOf("text=../../etc"), "p/big+text=..%2F..%2Fetc");
  assert.match(await placeOf(`text=${"long".repeat(99)}`), /^p\/big\+text=long.*~[0-9a-f]{16}$/);
});

Deno.test("resources come from the engine, the kind and the stage, with units", async () => {
  const { plan } = await planOf(
    `name: p\nparams: { cores: 2 }\nstages: { s: { use: write, with: { text: x }, ` +
      `resources: { cores: $cores, memory: 1.5GiB, time: 1h30m } } }\n`,
  );
  assert.deepEqual(plan.instances[0].resources, {
    cores: 2,
    memoryMib: 1536,
    limitsMemory: true,
    gpus: 0,
    timeMinutes: 90,
  });
});

/** Targets, and what is named and needed by them. */
const targets: [targets: string[], named: number, needed: number][] = [
  [[], 11, 11],
  [["words"], 4, 4],
  [["words[word=ape]"], 2, 2],
  [["words[seed=1,word=ape]"], 1, 1],
  [["words[word=ape]+"], 5, 10],
  [["first[word=bee]"], 2, 4],
  [["words[seed=2,word=bee]", "more"], 2, 2],
  [["all"], 1, 10],
];

for (const [given, named, needed] of targets) {
  Deno.test(`targets: ${given.join(" and ") || "none"}`, async () => {
    const { plan } = await planOf(`${upstream}
  first:
    use: upper
    matrix: { word: $words, seed: $seeds }
    inputs: { text: words }
  all:
    use: concat
    inputs: { texts: [first, more] }
  again:
    use: concat
    inputs: { texts: more }
`);
    const selection = selectTargets(plan, given);
    assert.deepEqual([selection.targets.size, selection.needed.size], [named, needed]);
  });
}

Deno.test("a matrix of 100,000 instances is planned whole", async () => {
  const seeds = Array.from({ length: 320 }, (_, index) => index);
  const { plan } = await planOf(`
name: large
params: { seeds: [${seeds}] }
stages:
  words:
    use: write
    matrix: { a: $seeds, b: $seeds, exclude: [{ a: $b }], include: [{ a: x, b: [y, z] }] }
    with: { text: x, copies: 1 }
  first:
    use: upper
    matrix: { a: $seeds, exclude: [{ a: 319 }] }
    inputs: { text: { stage: words, where: { b: [319] } } }
`);
  assert.equal(ids(plan, "words").length, 320 * 319 + 2);
  assert.equal(new Set(plan.instances.map(({ id }) => id)).size, plan.instances.length);
  assert.deepEqual(plan.instances.at(-1)!.inputs, { text: ["words[a=318,b=319]"] });
});
