import { strict as assert } from "node:assert";
import type { Freshness } from "../lib/pipeline/freshness.ts";
import type { Instance } from "../lib/plan/plan.ts";
import { dot, instanceNodes, mermaid, stageNodes, svg } from "./graph_drawing.ts";

const instance = (id: string, ...needs: string[]) =>
  ({
    id,
    stage: id.replace(/\[.*/, ""),
    axes: id.includes("x=") ? { x: id.replace(/.*x=|\]$/g, "") } : {},
    inputs: { a: needs },
  }) as unknown as Instance;
const instances = [
  instance("corpus[x=1]"),
  instance("corpus[x=2]"),
  instance('train[x="<1>"]', "corpus[x=1]"),
  instance("train[x=2]", "corpus[x=1]", "corpus[x=2]"),
  instance("all", 'train[x="<1>"]', "train[x=2]", "corpus[x=1]"),
];
const kinds: Freshness["kind"][] = ["fresh", "fresh", "fresh", "stale", "waiting"];
const states = new Map(
  instances.map(({ id }, i) => [id, { kind: kinds[i] } as unknown as Freshness]),
);

Deno.test("stages are counted, and coloured by what is most wanting", () => {
  assert.equal(
    mermaid(stageNodes(instances, states)),
    `flowchart LR
  n0["corpus × 2<br>fresh"]:::fresh
  n1["train × 2<br>1 stale, 1 fresh"]:::stale
  n2["all<br>waiting"]:::waiting
  n0 --> n1
  n1 --> n2
  n0 --> n2
  classDef stale fill:#ffe4c4,stroke:#b45309,color:#1f2937
  classDef waiting fill:#eceef2,stroke:#6b7280,color:#1f2937,stroke-dasharray:4
  classDef fresh fill:#dcf3e3,stroke:#2f7d4f,color:#1f2937`,
  );
});

Deno.test("without states a graph is the same on every machine", () => {
  assert.equal(
    mermaid(stageNodes(instances)),
    `flowchart LR
  n0["corpus × 2"]
  n1["train × 2"]
  n2["all"]
  n0 --> n1
  n1 --> n2
  n0 --> n2`,
  );
});

Deno.test("names that the languages would read otherwise are escaped", () => {
  assert.match(mermaid(instanceNodes(instances)), /n2\["train<br>x=#34;#60;1#62;#34;"\]/);
  assert.match(dot("p", instanceNodes(instances)), /"corpus\[x=1\]" -> "train\[x=\\"<1>\\"\]";/);
});

Deno.test("Graphviz draws every box and arrow", async () => {
  const picture = await svg("p", instanceNodes(instances, states));
  assert.match(picture, /^<\?xml/);
  assert.equal(picture.match(/class="node"/g)?.length, 5);
  assert.equal(picture.match(/class="edge"/g)?.length, 6);
  assert.match(picture, />x=&quot;&lt;1&gt;&quot;</);
  assert.match(picture, /stroke-dasharray/);
  assert.doesNotMatch(picture, /<script|href=/);
});
