import { strict as assert } from "node:assert";
import { float, GraphBuilder, int, ints, string } from "./graph.ts";
import { decodeModel } from "./model_proto.ts";

Deno.test("a graph survives encoding and decoding", () => {
  const graph = new GraphBuilder("round-trip");
  const x = graph.input("x", "float32", ["B", 4]);
  const table = graph.initializer("table", "int64", [2], BigInt64Array.of(-1n, 4n));
  const y = graph.node("Anything", [x, "", table], {
    domain: "com.microsoft",
    attributes: {
      alpha: float(0.5),
      axis: int(-1),
      perm: ints([1, 0]),
      mode: string("none"),
      value: {
        kind: "tensor",
        value: { name: "", dtype: "float64", dims: [1], data: Float64Array.of(0.25) },
      },
    },
    name: "encoder.0",
  });
  graph.output("y", y, "float32", ["B*T", 4]);
  const model = decodeModel(graph.encode());
  assert.equal(model.name, "round-trip");
  assert.deepEqual(model.inputs, [{ name: "x", dtype: "float32", dims: ["B", 4] }]);
  assert.deepEqual(model.outputs, [{ name: "y", dtype: "float32", dims: ["B*T", 4] }]);
  assert.deepEqual(model.initializers, [
    { name: "table", dtype: "int64", dims: [2], data: BigInt64Array.of(-1n, 4n) },
  ]);
  assert.deepEqual(model.nodes[0], {
    opType: "Anything",
    domain: "com.microsoft",
    name: "encoder.0",
    inputs: ["x", "", "table"],
    outputs: ["y"],
    attributes: {
      alpha: { kind: "float", value: 0.5 },
      axis: { kind: "int", value: -1 },
      perm: { kind: "ints", value: [1, 0] },
      mode: { kind: "string", value: "none" },
      value: {
        kind: "tensor",
        value: { name: "", dtype: "float64", dims: [1], data: Float64Array.of(0.25) },
      },
    },
  });
});

Deno.test("names are made unique", () => {
  const graph = new GraphBuilder("names");
  const x = graph.input("x", "float32", [1]);
  assert.deepEqual([graph.node("Neg", [x]), graph.node("Neg", [x])], ["Neg", "Neg_1"]);
  assert.deepEqual(graph.nodes("Split", [x], { name: "x", outputs: 2 }), ["x_1", "x_1:1"]);
});

Deno.test("an output renames its node's value, and copies only what it must", () => {
  const graph = new GraphBuilder("outputs");
  const x = graph.input("x", "float32", [1]);
  const y = graph.node("Neg", [x]);
  for (const [name, value] of [["a", y], ["b", y], ["c", x]]) {
    graph.output(name, value, "float32", [1]);
  }
  assert.deepEqual(
    decodeModel(graph.encode()).nodes.map(({ opType, inputs, outputs }) => [
      opType,
      ...inputs,
      ...outputs,
    ]),
    [["Neg", "x", "a"], ["Identity", "a", "b"], ["Identity", "x", "c"]],
  );
});

Deno.test("a graph rejects what would make it invalid", () => {
  const graph = new GraphBuilder("invalid");
  graph.input("x", "float32", [1]);
  assert.throws(() => graph.input("x", "float32", [1]), {
    message: 'Cannot add input "x" as names must be unique: got "x" twice',
  });
  assert.throws(() => graph.node("Add", ["x", "later"]), {
    message: 'Cannot add Add "Add" as its inputs must exist: got "later"',
  });
  assert.throws(() => graph.output("y", "later", "float32", [1]), {
    message: 'Cannot add output "y" as its value must exist: got "later"',
  });
  assert.throws(() => graph.initializer("w", "float32", [2, 2], new Float32Array(3)), {
    message: 'Cannot store initializer "w" as its size must match its dims: ' +
      "got 3 elements and [2, 2]",
  });
  assert.throws(() => graph.encode(), {
    message: 'Cannot encode graph "invalid" as it must have an output: got none',
  });
});
