import { strict as assert } from "node:assert";
import { UserError } from "../core/errors.ts";
import type { ReadSplit } from "./tagged_lines.ts";
import { checkSplits, requireUsable } from "./split_checks.ts";

function split(...sentences: string[]): ReadSplit {
  return {
    sentences: sentences.map((text) => {
      const tokens = text.split(" ");
      return { tokens, tags: tokens.map((t) => /^[A-Z]/.test(t) ? "B-PER" : "O") };
    }),
    oddities: [],
  };
}

Deno.test("good splits have no oddities", () => {
  const found = checkSplits({ train: split("Ada a"), validation: split("B"), test: split("C") });
  assert.deepEqual(found, { train: [], validation: [], test: [] });
});

Deno.test("repetitions and overlaps are counted in sentences of the split concerned", () => {
  const found = checkSplits({
    train: split("A a", "A a", "A a", "B b", "C"),
    validation: split("B b", "D"),
    test: split("A a", "E", "A a", "B b"),
  });
  const seen = Object.entries(found).flatMap(([name, oddities]) =>
    oddities.map(({ oddity, action, count, detail }) => [name, oddity, action, count, detail])
  );
  assert.deepEqual(seen, [
    ["train", "duplicateSentence", "kept", 2, '1 different, such as "A a"'],
    ["validation", "validationInTrain", "kept", 1, '1 different, such as "B b"'],
    ["test", "duplicateSentence", "kept", 1, '1 different, such as "A a"'],
    ["test", "testInTrain", "kept", 3, '2 different, such as "A a"'],
  ]);
});

Deno.test("an empty train or test split that is asked for is refused, validation is not", () => {
  const found = checkSplits({ train: split(), validation: split() });
  assert.deepEqual(Object.values(found).map(([{ oddity, detail }]) => [oddity, detail]), [
    ["emptySplit", "no sentences"],
    ["emptySplit", "no sentences"],
    ["emptySplit", "the corpus has no such split"],
  ]);
  assert.throws(() => requireUsable("x eng", found, () => true), (error) => {
    assert.ok(error instanceof UserError);
    assert.equal(
      error.message,
      `Cannot use the train split of x eng: no sentences
  set \`limit: {train: 0}\` if this split is not needed, or take another corpus

Cannot use the test split of x eng: the corpus has no such split
  set \`limit: {test: 0}\` if this split is not needed, or take another corpus`,
    );
    return true;
  });
  requireUsable("x eng", found, () => false);
});

Deno.test("a split without words, or of one word again and again, is refused", () => {
  const same = (word: string, times: number): ReadSplit => ({
    sentences: [{
      tokens: Array.from({ length: times }, () => word),
      tags: ["B-PER", ...Array.from({ length: times - 1 }, () => "O")],
    }],
    oddities: [],
  });
  const refusal = (train: ReadSplit): string => {
    const found = checkSplits({ train, validation: train, test: split("A a") });
    try {
      requireUsable("x eng", found, () => true);
    } catch (error) {
      assert.ok(error instanceof UserError);
      return error.message.split("\n")[0];
    }
    return "";
  };
  const message = "Cannot use the train split of x eng: ";
  assert.equal(refusal(same("\uFFFD", 3)), `${message}none of its 3 words has characters`);
  assert.equal(refusal(same("_", 20)), `${message}all of its 20 words are "_"`);
  assert.equal(refusal(same("_", 19)), "");
});

Deno.test("a test split whose labels were stripped is refused", () => {
  const found = checkSplits({
    train: split("A a"),
    validation: split("b"),
    test: split("c", "d e"),
  });
  assert.equal(found.validation[0].oddity, "labelsStripped");
  assert.throws(() => requireUsable("x eng", found, () => true), {
    message:
      /^Cannot use the test split of x eng as its labels seem to be stripped: all words of its 2 sentences are tagged O/,
  });
});

Deno.test("long sentences are noted; a split that is one is refused, validation too", () => {
  const words = (count: number) => `Ada ${"a ".repeat(count - 1).trim()}`;
  const found = checkSplits({
    train: split(words(501), "B", words(2001)),
    validation: split(words(1001)),
    test: split(words(1000)),
  });
  const seen = Object.values(found).flat().map(({ oddity, count, detail }) => [
    oddity,
    count,
    detail,
  ]);
  assert.deepEqual(seen, [
    ["longSentence", 2, "of 3 sentences, the longest of 2001 words"],
    ["oneSentence", 1, "one sentence of 1001 words"],
    ["longSentence", 1, "of 1 sentences, the longest of 1000 words"],
  ]);
  assert.throws(() => requireUsable("x eng", found, () => true), {
    message:
      /^Cannot use the validation split of x eng: it is one sentence of 1001 words\n.*everyWords/,
  });
  requireUsable("x eng", found, (split) => split !== "validation");
});

Deno.test("sentences are the same when their words are, not when their letters are", () => {
  const sentence = (...tokens: string[]) => ({ tokens, tags: tokens.map(() => "B-PER") });
  const train = { sentences: [sentence("New York"), sentence("a", "b")], oddities: [] };
  const test = { sentences: [sentence("New", "York"), sentence("a b")], oddities: [] };
  const found = checkSplits({ train, validation: split("Z"), test });
  assert.deepEqual(found.test, []);
});

Deno.test("entities that are in train only after composition are counted", () => {
  const sentence = (...tokens: string[]) => ({
    tokens,
    tags: tokens.map((_, i) => i === 0 ? "B-PER" : "I-PER"),
  });
  const train = { sentences: [sentence("José", "Sá"), sentence("Zoë")], oddities: [] };
  const test = {
    sentences: [sentence("Jose\u0301", "Sá"), sentence("Zoë"), sentence("Zoë", "x")],
    oddities: [],
  };
  const { test: found } = checkSplits({ train, validation: split("Z"), test });
  assert.deepEqual(found.map(({ oddity, count, detail }) => [oddity, count, detail]), [
    ["testInTrain", 1, '1 different, such as "Zoë"'],
    ["composedInTrain", 1, 'such as "Jose\u0301 Sá"'],
  ]);
});
