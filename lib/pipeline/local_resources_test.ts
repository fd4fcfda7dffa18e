import { strict as assert } from "node:assert";
import { visibleGpus } from "./machine.ts";
import { type DriveResult, Laboratory } from "./testdata/laboratory.ts";

/** Runs stages of kind `occupy`, whose lines are `name: {…}`; the lines of their tally. */
async function occupy(
  stages: string,
  { jobs = 2, env = {} }: { jobs?: number; env?: Record<string, string> } = {},
): Promise<{ result: DriveResult; tally: string[] }> {
  await using lab = await Laboratory.create("");
  const body = stages.trim().split("\n").map((line) => {
    const [, name, rest] = /^\s*(\w+): (.*)$/.exec(line)!;
    const own = `name: ${name}, tally: $tally`;
    return `  ${name}: ${rest.replace("with: {", `use: occupy, with: { ${own},`)}`;
  });
  await lab.write(
    "pipeline.yaml",
    `name: p\nparams: { tally: ${lab.folder}/tally }\nstages:\n` + body.join("\n"),
  );
  await lab.write("tally", "");
  const result = await lab.run({ keepGoing: true, jobs }, env);
  return { result, tally: (await lab.read("tally")).trimEnd().split("\n") };
}

const onLinux = Deno.build.os === "linux";

Deno.test({
  name: "an instance that takes more memory than was declared is ended, with both figures (Linux)",
  ignore: !onLinux,
  async fn() {
    const { result } = await occupy(`
      greedy: { with: { memoryMib: 700, holdMs: 60000 }, resources: { memory: 400MiB }, retries: 0 }
      modest: { with: { memoryMib: 100, holdMs: 1500 }, resources: { memory: 600MiB } }
    `);
    assert.equal(result.errors, "");
    assert.deepEqual(result.ran, ["modest"]);
    const [failure] = result.events.filter((each) => each.event === "instanceFailed");
    assert.equal(failure.instance, "greedy");
    assert.equal(failure.class, "memory");
    assert.match(
      failure.message,
      /^it took [4-8]\d\d MiB of memory, and may take 400: raise resources.memory$/,
    );
  },
});

Deno.test({
  name: "after too little memory there is twice as much (Linux)",
  ignore: !onLinux,
  async fn() {
    const { result, tally } = await occupy(
      `greedy: { with: { memoryMib: 600, holdMs: 4000 }, resources: { memory: 450MiB } }`,
    );
    assert.deepEqual(result.ran, ["greedy"]);
    assert.equal(tally.filter((line) => line.startsWith("start")).length, 2);
    const retried = result.events.filter((each) => each.event === "instanceRetried");
    assert.deepEqual(retried.map((each) => [each.class, each.memoryMib]), [["memory", 900]]);
  },
});

Deno.test("memory that was not declared is not limited, nor counted for who comes next", async () => {
  const { result } = await occupy(
    `
      first: { with: { memoryMib: 1300, holdMs: 1500 } }
      second: { with: { holdMs: 1500 }, resources: { memory: 500MiB }, retries: 0 }
    `,
    { jobs: 1 },
  );
  assert.deepEqual(result.ran, ["first", "second"]);
});

Deno.test({
  name: "a worker that has kept little is given more, and its peak begins anew (Linux)",
  ignore: !onLinux,
  async fn() {
    const { result, tally } = await occupy(
      `
      a: { with: { memoryMib: 100 }, resources: { memory: 1GiB } }
      b: { with: { memoryMib: 1300, holdMs: 1500 }, resources: { memory: 2GiB } }
      c: { with: { memoryMib: 10 }, resources: { memory: 1GiB } }
      d: { with: { memoryMib: 900, holdMs: 60000 }, resources: { memory: 400MiB }, retries: 0 }
    `,
      { jobs: 1 },
    );
    assert.deepEqual(result.ran, ["a", "b", "c"]);
    const [a, b, c, d] = ["a", "b", "c", "d"].map((name) =>
      tally.find((line) => line.startsWith(`start ${name} `))!.split(" ")[3]
    );
    assert.equal(b, a);
    assert.notEqual(c, b);
    assert.equal(d, c);
    const [failure] = result.events.filter((each) => each.event === "instanceFailed");
    assert.deepEqual([failure.instance, failure.class], ["d", "memory"]);
  },
});

Deno.test("instances at work have graphics processors of their own", async () => {
  const stages = Array.from(
    { length: 8 },
    (_, index) =>
      `s${index}: { with: { holdMs: 50 }, resources: { gpus: ${1 + (index % 4 === 3 ? 1 : 0)} } }`,
  );
  const { result, tally } = await occupy(stages.join("\n"), {
    jobs: 8,
    env: { CUDA_VISIBLE_DEVICES: "2,GPU-8f,5" },
  });
  assert.equal(result.ran.length, 8);
  const used = new Set<string>();
  for (const line of tally) {
    const [what, name, gpus] = line.split(" ");
    const own = gpus.split(",");
    assert.equal(own.length, /[37]$/.test(name) ? 2 : 1);
    for (const gpu of own) {
      assert.ok(["2", "GPU-8f", "5"].includes(gpu));
      assert.equal(used.has(gpu), what === "end");
      if (what === "start") used.add(gpu);
      else used.delete(gpu);
    }
  }
});

Deno.test("who needs no graphics processors sees what the engine sees; who needs too many cannot run", async () => {
  const env = { CUDA_VISIBLE_DEVICES: "0,1" };
  const { tally } = await occupy(`none: { with: { holdMs: 0 } }`, { env });
  assert.deepEqual(tally.map((line) => line.split(" ").slice(0, 3).join(" ")), [
    "start none 0,1",
    "end none 0,1",
  ]);
  const { result } = await occupy(`many: { with: { holdMs: 0 }, resources: { gpus: 3 } }`, { env });
  assert.match(
    result.errors,
    /Cannot run stage "many" here: it needs 3 graphics processors, and there are 2\n/,
  );
});

Deno.test("what a kind refuses to do on a device is told before anything runs", async () => {
  const { result, tally } = await occupy(`
    first: { with: { holdMs: 0 } }
    second: { with: { only: cuda }, resources: { cores: 4096 } }
    third: { with: { only: cuda } }
  `);
  assert.match(
    result.errors,
    /it needs 4096 cores, and there are \d+\n.*\n\nCannot occupy cpu\n {2}use cuda\n/,
  );
  assert.equal(result.errors.match(/Cannot occupy/g)?.length, 1);
  assert.deepEqual([result.events, tally], [[], [""]]);
});

const visible: [given: string, expected: string[]][] = [
  ["0", ["0"]],
  ["1, 3", ["1", "3"]],
  ["GPU-8932f937,MIG-4b", ["GPU-8932f937", "MIG-4b"]],
  ["", []],
  ["-1", []],
  ["0,-1,2", ["0"]],
  ["NoDevFiles", []],
];

for (const [given, expected] of visible) {
  Deno.test(`CUDA_VISIBLE_DEVICES="${given}" shows ${expected.length}`, () => {
    assert.deepEqual(visibleGpus(given), expected);
  });
}
