import { strict as assert } from "node:assert";
import { UserError } from "../core/errors.ts";
import { mixtureOf, type MixtureOptions } from "./mixture.ts";
import type { TrainInput } from "./mixture_corpora.ts";
import { corpus, format } from "./testdata/corpus_of_texts.ts";

function mixed(inputs: readonly TrainInput[], options: Partial<MixtureOptions> = {}) {
  const mixture = mixtureOf(inputs, format, { seed: 1, balanced: false, ...options });
  return { ...mixture, train: [...mixture.train].flat() };
}

function problemsOf(work: () => unknown): readonly object[] {
  try {
    work();
  } catch (error) {
    if (error instanceof UserError) return error.problems;
    throw error;
  }
  throw new Error("nothing was refused");
}

Deno.test("what cannot be mixed is told, all at once", () => {
  const swa = corpus("swa", 30, { bad: 1 }), eng = corpus("eng", 90, { bad: 0 });
  const cases: [string, () => unknown, object[]][] = [
    ["more than there are", () => mixed([swa, eng, corpus("yor", 20)], { k: 60 }), [
      {
        message: "Cannot take 60 sentences of swa (news): it has 30",
        hint: "make k at most 20, which every language has, or leave it out",
      },
      {
        message: "Cannot take 60 sentences of yor (news): it has 20",
        hint: "make k at most 20, which every language has, or leave it out",
      },
    ]],
    ["too few of a class", () => mixed([swa, eng], { k: 9, balanced: true }), [
      {
        message:
          'Cannot take 9 sentences of eng (news), as many of each class: "bad" has 0, and needs 5',
        hint: "leave the language or the class out",
      },
      {
        message:
          'Cannot take 9 sentences of swa (news), as many of each class: "bad" has 3, and needs 5',
        hint: "make k at most 6 for this language, or balanced: false",
      },
    ]],
    ["none of a class", () => mixed([eng], { balanced: true }), [{
      message:
        'Cannot take sentences of eng (news), as many of each class: "bad" has 0, and needs 1',
      hint: "leave the language or the class out",
    }]],
    [
      "classes of words",
      () => mixtureOf([swa], { asks: "words", labels: ["O"] }, { seed: 1, balanced: true, k: 2 }),
      [{
        message: "Cannot take as many sentences of each class: what is asked of these are words",
        hint: "balanced is for tasks that ask for the class of a text",
        param: ["balanced"],
      }],
    ],
    ["a corpus twice", () => mixed([swa, eng, { ...swa, instance: "other" }]), [{
      message:
        "Cannot mix tokens[language=swa] and other: both have training sentences of news, swa",
      hint: "take each corpus once, with where",
    }]],
    ["no sentences", () => mixed([swa, corpus("wol", 0), corpus("lug", 0)]), [
      {
        message: "Cannot mix tokens[language=wol]: it has no training sentences",
        hint: "leave it out, or raise the limit of its train split",
      },
      {
        message: "Cannot mix tokens[language=lug]: it has no training sentences",
        hint: "leave it out, or raise the limit of its train split",
      },
    ]],
    [
      "epochs of another mixture",
      () =>
        mixed([{
          instance: "mixed",
          rows: mixed([swa, eng], { alpha: 0, size: 20, epochs: 3 }).train,
        }]),
      [{
        message: "Cannot mix mixed: each of its epochs reads other sentences already",
        hint: "take the tokenized corpora that it is made of",
      }],
    ],
    [
      "a language without a share, and one with too few",
      () => mixed([swa, eng], { shares: { eng: 1 }, k: 31 }),
      [
        {
          message: 'Cannot mix "swa" without a share',
          hint: "name every language of the inputs in shares; 0 leaves one out",
          param: ["shares"],
        },
        {
          message: "Cannot take 31 sentences of swa (news): it has 30",
          hint: "make k at most 30, which every language has, or leave it out",
        },
      ],
    ],
  ];
  for (const [about, work, problems] of cases) assert.deepEqual(problemsOf(work), problems, about);
});
