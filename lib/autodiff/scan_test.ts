import { strict as assert } from "node:assert";
import type { HostTensor } from "../onnx/dtype.ts";
import { Session } from "../onnx/session.ts";
import { add, mul } from "./elementwise.ts";
import { checkGradients } from "./gradient_check.ts";
import { gradients } from "./gradients.ts";
import { input } from "./leaves.ts";
import { lowerCpu } from "./lower_cpu.ts";
import { lowerCuda } from "./lower_cuda.ts";
import { lowerWebgpu } from "./lower_webgpu.ts";
import type { Tensor } from "./primitive.ts";
import { scan, withVjp } from "./scan.ts";
import { scanCases } from "./scan_cases.ts";
import { reduceSum } from "./shapes.ts";

for (const check of scanCases("T")) {
  for (const [name, lower] of Object.entries({ cpu: lowerCpu, cuda: lowerCuda })) {
    Deno.test(`a scan of any length, ${check.name}: gradients match on ${name}`, () =>
      checkGradients(check, { lower, provider: "cpu" }));
  }
}

// The unrolled graphs hold no operator of WebGPU alone: the cpu provider runs them as well.
for (const check of scanCases(3)) {
  Deno.test(`an unrolled scan, ${check.name}: gradients match`, () =>
    checkGradients(check, { lower: lowerWebgpu, provider: "cpu" }));
}

const x = input("x", "float32", ["T", 2]), s = input("s", "float32", [2]);

/** Running sums, and the sum of all. */
const sums = (reverse: boolean) =>
  scan([s], [x], ([state], [entry]) => {
    const after = add(state, entry);
    return { next: [after], given: [after] };
  }, { reverse });

const float32 = (dims: number[], ...data: number[]): HostTensor => ({
  dtype: "float32",
  dims,
  data: Float32Array.from(data),
});

async function run(outputs: Record<string, Tensor>) {
  const session = await Session.create(lowerCpu("sums", [x, s], outputs), { threads: 1 });
  const found = await session.run({
    x: float32([3, 2], 1, 2, 3, 4, 5, 6),
    s: float32([2], 100, 200),
  });
  await session.release();
  return Object.fromEntries(Object.entries(found).map(([name, { data }]) => [name, [...data]]));
}

Deno.test("a scan gives what its steps give, where they read", async () => {
  const [forth, back] = [sums(false), sums(true)];
  const found = await run({
    last: forth.last[0],
    given: forth.given[0],
    lastBack: back.last[0],
    givenBack: back.given[0],
  });
  assert.deepEqual(found.last, [109, 212]);
  assert.deepEqual(found.given, [101, 202, 104, 206, 109, 212]);
  assert.deepEqual(found.lastBack, [109, 212]);
  assert.deepEqual(found.givenBack, [109, 212, 108, 210, 105, 206]);
});

Deno.test("a value with a vjp of its own has that one, and no other", async () => {
  const doubled = withVjp(mul(s, s), [s], (cotangent) => [mul(cotangent, s)]);
  const [gradient] = gradients(reduceSum(doubled), [s]);
  assert.deepEqual((await run({ gradient, unused: reduceSum(x) })).gradient, [100, 200]);
});

Deno.test("scans that do not fit are named", () => {
  const other = input("other", "float32", ["N", 2]);
  assert.throws(() => scan([s], [x, other], ([state]) => ({ next: [state], given: [] })), {
    message: "Cannot build scan as its sequences must have one length: got [T, 2] and [N, 2]",
  });
  assert.throws(
    () =>
      scan([s], [x], (_, [entry]) => ({ next: [reduceSum(entry)], given: [] }), { name: "sum" }),
    {
      message: 'Cannot build scan "sum" as a step must keep the dims of its state: got [2] and []',
    },
  );
  assert.throws(() => lowerWebgpu("sums", [x, s], { last: sums(false).last[0] }), {
    message: "Cannot build scan as on webgpu its number of steps must be known: got T",
  });
});
