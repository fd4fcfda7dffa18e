import { strict as assert } from "node:assert";
import { Workshop } from "../experiment/testdata/workshop.ts";
import { hubModel, recorded } from "./testdata/hub_models.ts";
import { Tagger } from "./tagger.ts";
import { TextClassifier } from "./text_classifier.ts";

const options = { threads: 1, device: "cpu" } as const;
const { template, labels, tolerance } = recorded;
const texts = recorded.texts.map((text, document) => ({ document, text }));

function near(actual: number, expected: number): void {
  assert.ok(Math.abs(actual - expected) <= tolerance, `${actual} is not near ${expected}`);
}

Deno.test("a text entails the hypotheses of labels as transformers says, a cut one too", async () => {
  await using classifier = await TextClassifier.load(hubModel("tiny-inference"), options, {
    template,
    labels,
  });
  const entails = recorded.classes.indexOf("ENTAILMENT");
  const classified = await classifier.classify(texts);
  assert.deepEqual(classified.map(({ lostWords }) => lostWords > 0), [false, false, false, true]);
  classified.forEach(({ classes, text }, i) => {
    assert.equal(text, recorded.texts[i]);
    const expected = recorded.ofPairs[i].map((row) => row[entails]);
    const sum = expected.reduce((a, b) => a + b);
    assert.deepEqual(classes.map(({ label }) => label).sort(), [...labels].sort());
    for (const { label, probability, entailment } of classes) {
      near(entailment!, expected[labels.indexOf(label)]);
      near(probability, expected[labels.indexOf(label)] / sum);
    }
    const probabilities = classes.map(({ probability }) => probability);
    assert.deepEqual(probabilities, probabilities.toSorted((a, b) => b - a));
  });
  // The reference tells labels apart: the test would see two of them swapped.
  const rows = recorded.ofPairs.flat().map((row) => row[entails].toFixed(4));
  assert.equal(new Set(rows).size, rows.length);
});

Deno.test("texts go out in their order, a group at a time", async () => {
  await using classifier = await TextClassifier.load(hubModel("tiny-inference"), options, {
    template,
    labels: labels.slice(0, 2),
  });
  async function* many() {
    for (let document = 0; document < 600; document++) {
      yield await Promise.resolve({ document, text: `Satz ${document}.` });
    }
  }
  const sizes: number[] = [], documents: number[] = [];
  for await (const group of classifier.stream(many())) {
    sizes.push(group.length);
    documents.push(...group.map(({ document }) => document));
  }
  assert.deepEqual(sizes, [256, 256, 88]);
  assert.deepEqual(documents, Array.from({ length: 600 }, (_, i) => i));
});

Deno.test("a published tagger tags words as transformers does", async () => {
  await using tagger = await Tagger.load(hubModel("tiny-entities"), {
    ...options,
    decoding: "argmax",
  });
  const tagged = await tagger.tag(recorded.sentences);
  tagged.forEach((words, sentence) =>
    words.forEach(({ tag, probability }, word) => {
      const row = recorded.ofWords[sentence][word];
      assert.equal(tag, recorded.tags[row.indexOf(Math.max(...row))]);
      near(probability, Math.max(...row));
    })
  );
});

Deno.test("a model trained here says its own classes", async () => {
  await using shop = await Workshop.open();
  const { instance: { files } } = await shop.run("encoder.train", {
    seed: 1,
    epochs: 8,
    batchSize: 8,
    learningRate: 0.01,
    layers: 1,
    width: 16,
    heads: 2,
  }, { examples: [await shop.texts()] });
  await using classifier = await TextClassifier.load({
    name: "places",
    config: files["config.json"],
    tokenizer: files["tokenizer.json"],
    tokenizerConfig: files["tokenizer_config.json"],
    weights: files["model.safetensors"],
    graph: files["eval_model.onnx"],
  }, options);
  assert.deepEqual(classifier.labels, ["none", "place"]);
  const given = ["we went to town 3", "we ate soup 5"].map((text, document) => ({
    document,
    text,
  }));
  const classified = await classifier.classify(given);
  assert.deepEqual(classified.map(({ classes }) => classes[0].label), ["place", "none"]);
  for (const { classes } of classified) near(classes[0].probability + classes[1].probability, 1);
});

/** What cannot classify, and what is said. */
const refused: [about: string, load: () => Promise<unknown>, message: RegExp][] = [
  [
    "words for texts",
    () => TextClassifier.load(hubModel("tiny-entities"), options, { template, labels }),
    /Cannot classify texts with tiny-entities, as it does not label texts: its architecture is "BertForTokenClassification"/,
  ],
  [
    "inference without labels",
    () => TextClassifier.load(hubModel("tiny-inference"), options),
    /Cannot classify texts with tiny-inference alone: it says whether one text entails another/,
  ],
  [
    "labels for a tagger's template",
    () => TextClassifier.load(hubModel("tiny-inference"), options, { template: "x", labels }),
    /Cannot use the template "x": it has no place \{\}/,
  ],
  [
    "texts for words",
    () => Tagger.load(hubModel("tiny-inference"), { ...options, decoding: "argmax" }),
    /Cannot tag words with tiny-inference, as it does not label words/,
  ],
];
for (const [about, load, message] of refused) {
  Deno.test(`refused: ${about}`, async () => {
    await assert.rejects(load, message);
  });
}

Deno.test("labels of a model of other classes are refused, with its own", async () => {
  await using shop = await Workshop.open();
  const { instance: { files } } = await shop.run("encoder.train", {
    seed: 1,
    epochs: 1,
    batchSize: 8,
    learningRate: 0.01,
    layers: 1,
    width: 16,
    heads: 2,
  }, { examples: [await shop.texts()] });
  const place = {
    name: "places",
    config: files["config.json"],
    tokenizer: files["tokenizer.json"],
    tokenizerConfig: files["tokenizer_config.json"],
    weights: files["model.safetensors"],
  };
  await assert.rejects(
    TextClassifier.load(place, options, { template, labels }),
    /Cannot classify by labels with places: its classes are "none", "place", and not those of inference/,
  );
});
