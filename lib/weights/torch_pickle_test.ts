import { strict as assert } from "node:assert";
import recorded from "../../tests/fixtures/pickles.json" with { type: "json" };
import { UserError } from "../core/errors.ts";
import { readPickle } from "./pickle.ts";
import { torchTensors } from "./torch_pickle.ts";

const bytesOf = (file: string) => Uint8Array.fromBase64(file);
const caseOf = (name: string) => recorded.cases.find((each) => each.name === name)!;

/** Why each thing that is no dict of tensors is refused, as an archive and as a stream. */
const refusals: Readonly<Record<string, string>> = {
  "a command": "it asks for posix.system, which is no tensor",
  "a whole model": "it asks for torch.nn.modules.linear.Linear, which is no tensor",
  "a parameter": "it asks for torch._utils._rebuild_parameter, which is no tensor",
  "whole numbers": "it has numbers of torch.LongStorage, expected torch.FloatStorage, " +
    "torch.HalfStorage, torch.BFloat16Storage",
  "doubles": "it has numbers of torch.DoubleStorage, expected torch.FloatStorage, " +
    "torch.HalfStorage, torch.BFloat16Storage",
  "a number": '"rate" is the number 0.1',
  "a nested dict": '"state" is a dict',
  "a list": "it holds a list, not a dict",
  "a tensor alone": "it holds a tensor, not a dict",
  "an array of numpy": "it asks for numpy._core.multiarray._reconstruct, which is no tensor",
  "repeated": "a tensor of shape [1000] reaches beyond its storage of 1",
  "sparse": "it asks for torch._utils._rebuild_sparse_tensor, which is no tensor",
  "numbers as names": "it has the number 0 as a tensor's name",
  "a set": "it asks for __builtin__.set, which is no tensor",
  "pickle of a command": "it asks for posix.system, which is no tensor",
  "pickle of numbers": "it is a pickle that torch.save has not written",
  "program": 'its entry "archive/code/__torch__/torch/nn/modules/linear.py" is compressed',
};

for (const { name, file, tensors } of recorded.cases) {
  if (tensors) {
    Deno.test(`${name}: the tensors are those that PyTorch has written`, () => {
      const read = torchTensors("x.bin", bytesOf(file));
      assert.deepEqual(
        Object.fromEntries([...read].map(([key, { dims, data }]) => [
          key,
          { shape: dims, values: [...data] },
        ])),
        Object.fromEntries(
          Object.entries(tensors).map(([key, { shape, values }]) => [
            key,
            { shape, values: [...Float32Array.from(values)] },
          ]),
        ),
      );
    });
  } else {
    Deno.test(`${name}: refused by what it is`, () => {
      const why = refusals[name.replace(/, (archive|stream|protocol 0)$/, "")];
      assert.throws(() => torchTensors("x.bin", bytesOf(file)), (error) => {
        assert.ok(error instanceof UserError);
        assert.equal(error.problems[0].message, `Cannot read x.bin as tensors: ${why}`);
        return true;
      });
    });
  }
}

for (const kind of ["archive", "stream"]) {
  Deno.test(`${kind}: a file that is cut anywhere is refused`, () => {
    const whole = bytesOf(caseOf(`plain, ${kind}`).file);
    for (let length = 0; length < whole.length; length++) {
      assert.throws(() => torchTensors("x.bin", whole.slice(0, length)), UserError, `${length}`);
    }
  });
}

Deno.test("archive: a byte that is another is refused, or changes no number", () => {
  const whole = bytesOf(caseOf("plain, archive").file);
  const numbers = [...torchTensors("x.bin", whole)];
  let refused = 0;
  for (let at = 0; at < whole.length; at++) {
    for (const flip of [0x01, 0x80, 0xff]) {
      const damaged = whole.slice();
      damaged[at] ^= flip;
      try {
        assert.deepEqual([...torchTensors("x.bin", damaged)], numbers, `byte ${at}`);
      } catch (error) {
        assert.ok(error instanceof UserError, `byte ${at}: ${error}`);
        refused++;
      }
    }
  }
  assert.ok(refused > whole.length, `${refused}`);
});

Deno.test("stream: a byte that is another never ends otherwise than with tensors or an error of ours", () => {
  const whole = bytesOf(caseOf("plain, stream").file);
  for (let at = 0; at < whole.length; at++) {
    for (const flip of [0x01, 0x20, 0x80, 0xff]) {
      const damaged = whole.slice();
      damaged[at] ^= flip;
      try {
        torchTensors("x.bin", damaged);
      } catch (error) {
        assert.ok(error instanceof UserError, `byte ${at}: ${error}`);
      }
    }
  }
});

Deno.test("a pickle of nothing but small values is refused before they fill the memory", () => {
  const never = (): never => assert.fail();
  const reader = {
    name: never,
    call: never,
    persistent: never,
    refuse: (why: string) => new Error(why),
  };
  for (const instructions of ["N", "]", "}", "(", "K\0", "]q\0", "G\0\0\0\0\0\0\0\0"]) {
    const bytes = new TextEncoder().encode(instructions.repeat(1_100_000));
    assert.throws(() => readPickle(bytes, 0, reader), {
      message: "its pickle has more than 1000000 instructions",
    });
  }
});
