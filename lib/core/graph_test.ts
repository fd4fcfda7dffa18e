import { strict as assert } from "node:assert";
import { topologicalOrder } from "./graph.ts";
import { CounterRandom } from "./random.ts";

type Edges = Record<string, string[]>;
const orderOf = (edges: Edges) => topologicalOrder(new Map(Object.entries(edges)));

const orders: [about: string, edges: Edges, order: string[]][] = [
  ["nothing", {}, []],
  ["nodes that could go either way keep their order", { c: [], a: [], b: [] }, ["c", "a", "b"]],
  ["dependencies come first", { a: ["b", "c"], b: ["c"], c: [] }, ["c", "b", "a"]],
  [
    "a diamond is no cycle",
    { top: ["l", "r"], l: ["end"], r: ["end"], end: [] },
    ["end", "l", "r", "top"],
  ],
];

for (const [about, edges, order] of orders) {
  Deno.test(`order: ${about}`, () => assert.deepEqual(orderOf(edges), { kind: "order", order }));
}

const cycles: [about: string, edges: Edges, cycle: string[]][] = [
  ["a node that depends on itself", { a: ["a"] }, ["a", "a"]],
  ["two nodes", { a: ["b"], b: ["a"] }, ["a", "b", "a"]],
  [
    "nodes that lead to a cycle are not part of it",
    { x: ["a"], a: ["b"], b: ["c"], c: ["a"], y: [] },
    ["a", "b", "c", "a"],
  ],
];

for (const [about, edges, cycle] of cycles) {
  Deno.test(`cycle: ${about}`, () => assert.deepEqual(orderOf(edges), { kind: "cycle", cycle }));
}

Deno.test("in random graphs every node comes once and after all it depends on", () => {
  for (let seed = 0; seed < 30; seed++) {
    const random = new CounterRandom("graph", seed);
    const nodes = random.shuffle(Array.from({ length: 30 }, (_, i) => `n${i}`));
    // Edges go to earlier nodes only, so that there is no cycle.
    const edges = nodes.map((node, i): [string, string[]] => [
      node,
      nodes.slice(0, i).filter(() => random.uniform() < 0.15),
    ]);
    const result = topologicalOrder(new Map(random.shuffle(edges)));
    assert.ok(result.kind === "order");
    assert.deepEqual([...result.order].sort(), [...nodes].sort());
    for (const [node, needed] of edges) {
      for (const each of needed) {
        assert.ok(result.order.indexOf(each) < result.order.indexOf(node));
      }
    }
  }
});

Deno.test("a long chain does not exhaust the call stack", () => {
  const length = 100_000;
  const chain = Array.from(
    { length },
    (_, i): [string, string[]] => [`${i}`, i + 1 < length ? [`${i + 1}`] : []],
  );
  const result = topologicalOrder(new Map(chain));
  assert.ok(result.kind === "order");
  assert.equal(result.order[0], `${length - 1}`);
});
