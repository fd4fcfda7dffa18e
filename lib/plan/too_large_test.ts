/** Pipeline files of strangers that would plan without end: refused before anything is made of them. */
import { strict as assert } from "node:assert";
import { type Case, head, messagesOf } from "./testdata/config_cases.ts";

const numbers = (count: number) => `[${Array.from({ length: count }, (_, i) => 1 + i)}]`;
const params = `${head}params: { h: ${numbers(500)}, few: [1], t: ${numbers(30)} }\n`;
const stage = (name: string, matrix: string) =>
  `  ${name}: { use: write, matrix: { ${matrix} }, with: { text: x } }\n`;
const file = (...stages: string[]) => `${params}stages:\n${stages.join("")}`;
const many = (count: number, matrix: string) =>
  file(...Array.from({ length: count }, (_, i) => stage(`s${i}`, matrix)));

/** What each would come to, and where that is said. */
const cases: readonly (Omit<Case, "about"> & { about: string; says: RegExp })[] = [
  {
    about: "two axes",
    text: file(stage("a", "x: $h, y: $h")),
    says: /4:20: Cannot expand this matrix to 250000 instances/,
  },
  {
    about: "four axes",
    text: file(stage("a", "x: $t, y: $t, z: $t, w: $t")),
    says: /810000 instances/,
  },
  {
    about: "axes whose product no number holds",
    text: file(
      stage("a", Array.from({ length: 130 }, (_, i) => `x${i}: $h`).join(", ")),
    ),
    says: /Cannot expand this matrix to (Infinity|\d\.\d+e\+\d+) instances/,
  },
  {
    about: "an include of three lists",
    text: file(stage("a", "x: $few, y: $few, z: $few, include: [{ x: $h, y: $h, z: $h }]")),
    says: /Cannot expand this matrix to \d+ instances/,
  },
  {
    about: "includes that are too many together",
    text: file(
      stage(
        "a",
        "x: $few, y: $few, include: [{ x: $t, y: $h }, { x: $h, y: $t }, { x: $h, y: $h }]",
      ),
    ),
    says: /Cannot expand this matrix to \d+ instances/,
  },
  {
    about: "an include alone",
    text: file(stage("a", "include: [{ x: $h, y: $h }]")),
    says: /Cannot expand this matrix to \d+ instances/,
  },
  {
    about: "an exclude that would leave few",
    text: file(stage("a", `x: $h, y: $h, exclude: [{ x: ${numbers(499)} }]`)),
    says: /250000 instances/,
  },
  {
    about: "a when that would leave one",
    text: file(stage("a", "x: $h, y: $h, when: { x: 1, y: 1 }")),
    says: /250000 instances/,
  },
  {
    about: "zips of zips",
    text: file(stage("a", "x: $h, y: $h, z: $h, w: $h, zip: [[x, y], [z, w]]")),
    says: /250000 instances/,
  },
  {
    about: "groups of values",
    text: file(stage("a", "x: [$h, { all: $h }], y: [$h, { all: $h }]")),
    says: /251001 instances/,
  },
  {
    about: "stages that are too many together",
    text: many(15, "x: $h, y: $t"),
    says: /Cannot plan 210000 instances/,
  },
  {
    about: "a stage too many",
    text: file(
      stage("a", "x: $t, y: $t, z: $t"),
      stage("b", `x: ${numbers(400)}, y: ${numbers(440)}`),
    ),
    says: /Cannot plan 203000 instances/,
  },
  {
    about: "a profile that makes it large",
    text: `${params}profiles: { big: { few: ${numbers(499)} } }\nstages:\n${
      stage("a", "x: $few, y: $h")
    }`,
    profile: "big",
    says: /249500 instances/,
  },
  {
    about: "a value of the command line that makes it large",
    text: file(stage("a", "x: $few, y: $h")),
    set: [`few=${numbers(499)}`],
    says: /249500 instances/,
  },
];

Deno.test("a plan beyond 200,000 instances is refused, however it comes about", async () => {
  const messages = await messagesOf(cases);
  cases.forEach(({ about, says }, i) =>
    assert.match(messages[i], says, `${about}: ${messages[i]}`)
  );
});
