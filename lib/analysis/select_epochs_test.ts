import { strict as assert } from "node:assert";
import { type Protocol, selectEpochs } from "./select_epochs.ts";

type Score = Parameters<typeof selectEpochs>[0][number];

/** F1 of epochs 1, 2, … on a split of a language. */
function scoresOf(language: string, split: string, values: readonly number[]): Score[] {
  return values.map((value, i) => ({
    model: "bilstm_crf",
    corpus: "c",
    language,
    split,
    epoch: i + 1,
    metric: "f1",
    of: "micro",
    value,
  }));
}

const hau = [
  ...scoresOf("hau", "validation", [50, 80, 60]),
  ...scoresOf("hau", "test", [1, 2, 3]),
];
const swa = [
  ...scoresOf("swa", "validation", [70, 20, 70]),
  ...scoresOf("swa", "test", [4, 5, 6]),
];
const amh = scoresOf("amh", "test", [7, 8, 9]);

function chosen(
  scores: readonly Score[],
  sources: readonly string[],
  protocol: Protocol = "sourceDev",
  withoutDev: "refuse" | "leave" = "refuse",
) {
  return selectEpochs(scores, [protocol], { metric: "f1", of: "micro", sources, withoutDev })
    .map(({ language, epoch, dev, test, selectedOn }) => [language, epoch, dev, test, selectedOn]);
}

Deno.test("a model of one language is chosen by the F1 of its validation split", () => {
  assert.deepEqual(chosen(hau, ["hau"]), [
    ["hau", 2, 80, 2, "best f1 of micro on the validation split of hau"],
  ]);
});

Deno.test("a model of several languages is chosen by the mean F1 of theirs, one epoch for all", () => {
  const on = "best f1 of micro on the validation split of hau, swa";
  assert.deepEqual(chosen([...hau, ...swa], ["hau", "swa"]), [
    ["hau", 3, 65, 3, on],
    ["swa", 3, 65, 6, on],
  ]);
});

Deno.test("of equally good epochs the first is chosen", () => {
  assert.deepEqual(chosen(swa, ["swa"])[0].slice(0, 3), ["swa", 1, 70]);
});

Deno.test("a language without a validation split is refused, or left out of the mean", () => {
  const scores = [...hau, ...swa, ...amh], sources = ["amh", "hau", "swa"];
  assert.throws(
    () => chosen(scores, sources),
    /^UserError: Cannot select by sourceDev: the validation split of amh was not watched\n.*withoutDev: leave/,
  );
  const on = "best f1 of micro on the validation split of hau, swa; amh has none";
  assert.deepEqual(chosen(scores, sources, "sourceDev", "leave"), [
    ["hau", 3, 65, 3, on],
    ["swa", 3, 65, 6, on],
    ["amh", 3, 65, 9, on],
  ]);
});

Deno.test("where no language has a validation split, the last epoch is chosen, and says so", () => {
  const last = ["amh", 3, null, 9, "nothing: the last epoch, as amh has no validation split"];
  assert.deepEqual(chosen(amh, ["amh"], "sourceDev", "leave"), [last]);
  assert.deepEqual(chosen(amh, ["amh"], "targetDev", "leave"), [last]);
});

Deno.test("an epoch that was scored several times cannot be selected", () => {
  const [first] = scoresOf("hau", "test", [1]);
  assert.throws(
    () => chosen([...hau, { ...first, epoch: 2 }], ["hau"]),
    /^UserError: Cannot select an epoch: epoch 2 has several scores on c, hau\n/,
  );
});
