import { strict as assert } from "node:assert";
import { UserError } from "../core/errors.ts";
import { stages } from "../pipeline/testdata/registry.ts";
import { makePlan } from "./plan.ts";

/** What objects know, each beside a name of the same shape that they don't. */
const names: readonly [known: string, ordinary: string][] = [
  ["constructor", "konstruktor"],
  ["toString", "toStrings"],
  ["valueOf", "valuesOf"],
  ["hasOwnProperty", "hasOwnProperties"],
  ["__proto__", "__prota__"],
];

/** A pipeline file for every place where a file can have a name. */
const places: Readonly<Record<string, (n: string) => string>> = {
  "a pipeline": (n) => `name: ${n}\nstages: { a: { use: write, with: { text: x } } }\n`,
  "a stage": (n) =>
    `name: p\nstages: { ${n}: { use: write, with: { text: x } }, b: { use: upper, inputs: { text: ${n} } } }\n`,
  "a param": (n) =>
    `name: p\nparams: { ${n}: x }\nstages: { a: { use: write, with: { text: $${n} } } }\n`,
  "a profile": (n) =>
    `name: p\nparams: { t: x }\nprofile: ${n}\nprofiles: { ${n}: { t: y } }\nstages: { a: { use: write, with: { text: $t } } }\n`,
  "an overridden param": (n) =>
    `name: p\nparams: { ${n}: x }\nprofile: q\nprofiles: { q: { ${n}: y } }\nstages: { a: { use: write, with: { text: $${n} } } }\n`,
  "an axis": (n) =>
    `name: p\nstages: { a: { use: write, matrix: { ${n}: [x, y] }, with: { text: $${n} } }, b: { use: upper, matrix: {${n}: [x, y] }, inputs: { text: a } } }\n`,
  "an axis that is selected": (n) =>
    `name: p\nstages: { a: { use: write, matrix: { ${n}: [x, y], o: [1, 2], include: [{${n}: z, o: 3}], exclude: [{${n}: x, o: 1}], when: {${n}: {not: q}} }, with: { text: $${n}, copies: $o } }, b: { use: concat, matrix: {k: [x, y] }, inputs: { texts: {stage: a, where: {${n}: $k}} } } }\n`,
  "a zipped axis": (n) =>
    `name: p\nstages: { a: { use: write, matrix: { ${n}: [x, y], o: [1, 2], zip: [[${n}, o]] }, with: { text: $${n}, copies: $o } } }\n`,
  "the value of an axis": (n) =>
    `name: p\nstages: { a: { use: write, matrix: { k: [${n}, y, z] }, with: { text: $k } }, b: { use: upper, matrix: {k: [y, ${n}] }, inputs: { text: a } } }\n`,
  "a name for several values": (n) =>
    `name: p\nstages: { a: { use: write, matrix: { k: [x, y] }, with: { text: $k } }, b: { use: concat, matrix: {g: [{${n}: [x, y]}] }, inputs: { texts: {stage: a, where: {k: $g}} } } }\n`,
  "an unknown param of a kind": (n) =>
    `name: p\nstages: { a: { use: write, with: { text: x, ${n}: 1 } } }\n`,
  "an unknown input": (n) =>
    `name: p\nstages: { a: { use: write, with: { text: x }, inputs: {${n}: a} } }\n`,
  "an unknown kind": (n) => `name: p\nstages: { a: { use: ${n}, with: { text: x } } }\n`,
  "an unknown reference": (n) => `name: p\nstages: { a: { use: write, with: { text: $${n} } } }\n`,
  "an unknown stage": (n) => `name: p\nstages: { a: { use: upper, inputs: { text: ${n} } } }\n`,
  "an unknown profile": (n) =>
    `name: p\nprofile: ${n}\nprofiles: {q: {}}\nstages: { a: { use: write, with: { text: x } } }\n`,
  "an unknown override": (n) =>
    `name: p\nparams: {t: x}\nprofiles: {q: {${n}: 1}}\nstages: { a: { use: write, with: { text: $t } } }\n`,
  "an unknown axis in where": (n) =>
    `name: p\nstages: { a: { use: write, matrix: {k: [x]}, with: { text: $k } }, b: { use: upper, inputs: { text: {stage: a, where: {${n}: x}} } } }\n`,
  "an unknown axis in exclude": (n) =>
    `name: p\nstages: { a: { use: write, matrix: {k: [x, y], exclude: [{${n}: x}]}, with: { text: $k } } }\n`,
  "an unknown axis in include": (n) =>
    `name: p\nstages: { a: { use: write, matrix: {k: [x, y], include: [{k: z, ${n}: x}]}, with: { text: $k } } }\n`,
  "an unknown axis in zip": (n) =>
    `name: p\nstages: { a: { use: write, matrix: {k: [x, y], zip: [[k, ${n}]]}, with: { text: $k } } }\n`,
  "an unknown resource": (n) =>
    `name: p\nstages: { a: { use: write, with: { text: x }, resources: {${n}: 1} } }\n`,
  "an unknown class of failure": (n) =>
    `name: p\nstages: { a: { use: write, with: { text: x }, retries: {${n}: 1} } }\n`,
  "an unknown key of the file": (n) =>
    `name: p\n${n}: 3\nstages: { a: { use: write, with: { text: x } } }\n`,
  "an unknown key of a stage": (n) =>
    `name: p\nstages: { a: { use: write, with: { text: x }, ${n}: 1 } }\n`,
  "an unknown key inside a param": (n) =>
    `name: p\nstages: { a: { use: write, with: { text: x, extra: {${n}: 1} } } }\n`,
  "a key of a param": (n) =>
    `name: p\nparams: { t: {${n}: 1} }\nstages: { a: { use: write, with: { text: $t } } }\n`,
  "an unknown headline": (n) =>
    `name: p\nheadline: ${n}\nstages: { a: { use: write, with: { text: x } } }\n`,
  "an unknown key of slurm": (n) =>
    `name: p\nslurm: { ${n}: 1 }\nstages: { a: { use: write, with: { text: x } } }\n`,
  "a value among few": (n) =>
    `name: p\nstages: { a: { use: write, with: { text: x, fail: ${n} } } }\n`,
};

/** What planning says, with the name taken out. */
async function outcomeOf(text: string, name: string): Promise<string> {
  const file = await Deno.makeTempFile({ suffix: ".yaml" });
  try {
    await Deno.writeTextFile(file, text);
    const { plan, warnings } = await makePlan({ file }, stages);
    const { kinds: _, ...planned } = plan;
    return JSON.stringify([planned, warnings.map(({ message }) => message)])
      .replaceAll(file, "").replaceAll(name, "…");
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const shown = error.problems.map(({ message, hint, range }) => [
      message.replaceAll(name, "…"),
      hint?.replaceAll(name, "…"),
      range!.line,
      range!.lineText.slice(0, range!.column - 1).replaceAll(name, "…"),
    ]);
    return JSON.stringify(shown);
  } finally {
    await Deno.remove(file);
  }
}

for (const [place, text] of Object.entries(places)) {
  Deno.test(`a name that objects know is like others as ${place}`, async () => {
    for (const [known, ordinary] of names) {
      const expected = await outcomeOf(text(ordinary), ordinary);
      assert.equal(await outcomeOf(text(known), known), expected, known);
    }
  });
}

Deno.test("--set and --profile take such names", async () => {
  const file = await Deno.makeTempFile({ suffix: ".yaml" });
  await Deno.writeTextFile(
    file,
    "name: p\nparams: { constructor: x }\nprofiles: { valueOf: {} }\n" +
      "stages: { a: { use: write, with: { text: $constructor } } }\n",
  );
  const options = { file, profile: "valueOf", set: ["constructor=y"] };
  const { plan } = await makePlan(options, stages);
  assert.equal(plan.studies[0].place, "p/valueOf+constructor=y");
  assert.equal((plan.instances[0].params as { text: string }).text, "y");
  for (const name of ["toString", "__proto__"]) {
    await assert.rejects(
      makePlan({ file, set: [`${name}=1`] }, stages),
      new RegExp(`^UserError: Cannot set unknown param "${name}" of \\S+ with --set\\n`),
    );
    await assert.rejects(
      makePlan({ file, profile: name }, stages),
      new RegExp(`^UserError: Cannot find profile "${name}" of --profile in \\S+\\n`),
    );
  }
  await Deno.remove(file);
});
