/**
 * Edits of the pipeline file, each with exactly the instances that it makes run.
 *
 * @module
 */
import { both, type EditRow, run, yaml } from "./edit.ts";

/** Of values, and of how they are written. */
export const paramEdits: EditRow[] = [
  [
    "a param, whose outcome is cut off downstream",
    yaml("times: 1", "times: 2"),
    "words first",
    "paramChanged params.copies, inputChanged inputs.text.0.text.txt",
  ],
  ["a param that no stage uses", yaml("idle: 1", "idle: 2"), ""],
  [
    "the name of a param",
    both(
      yaml("times: 1, idle", "n: 1, idle"),
      yaml("$times", "$n"),
      yaml("{ times: 1 }", "{ n: 1 }"),
      yaml("{ times: 3 }", "{ n: 3 }"),
    ),
    "",
  ],
  ["the same number otherwise", yaml("times: 1", "times: 1.0e0"), ""],
  ["the same text otherwise", yaml("[ape, bee]", `["ape", 'bee']`), ""],
  ["a param in place of its reference", yaml("copies: $times", "copies: 1"), ""],
  ["a default written out", yaml("use: concat", "use: concat\n    with: { separator: '+' }"), ""],
  [
    "the param of one stage",
    yaml("use: concat", "use: concat\n    with: { separator: '-' }"),
    "all",
    "paramChanged params.separator",
  ],
  [
    "a param that decides nothing",
    yaml("use: concat", "use: concat\n    with: { pauseMs: 1 }"),
    "",
  ],
  [
    "the same beside one that decides",
    yaml("use: concat", "use: concat\n    with: { pauseMs: 1, separator: '/' }"),
    "all",
    "paramChanged params.separator",
  ],
  [
    "the order of keys, and a comment",
    yaml("{ text: $word, copies: $times }", "{ copies: $times, text: $word } # x"),
    "",
  ],
  [
    "the order of a stage's keys",
    yaml(
      "use: concat\n    inputs: { texts: first }",
      "inputs: { texts: first }\n    use: concat",
    ),
    "",
  ],
  ["an anchor and its alias", yaml("copies: $times }", "copies: &n 1, sleepMs: 0 } # *n"), ""],
  [
    "a value as the alias of another",
    both(
      yaml(
        "{ words: [ape, bee], times: 1, idle: 1 }",
        "{ words: [ape, bee], times: &n 1, idle: *n }",
      ),
      yaml("word: $words", "word: [&first ape, bee]"),
      yaml("{ text: $word,", "{ text: $word, sleepMs: 0,"),
    ),
    "",
  ],
  ["line breaks as on Windows, and a byte order mark", async (lab) => {
    const text = await lab.read("pipeline.yaml");
    await lab.write("pipeline.yaml", "\ufeff" + text.replaceAll("\n", "\r\n"));
  }, ""],
  ["what a stage is about", yaml("use: write", "use: write\n    about: two words"), ""],
  ["flow as block", yaml("inputs: { texts: first }", "inputs:\n      texts:\n        - first"), ""],
  ["--set to what it is", run({ set: ["times=1"] }), ""],
  ["a profile with the same values", run({ profile: "alike" }), ""],
  ["one profile more", yaml("plain: {},", "plain: {}, other: { times: 9 },"), ""],
  ["a profile with other values", run({ profile: "thrice" }), "words first", "neverRan"],
];

/** Of stages, their instances and their inputs. */
export const graphEdits: EditRow[] = [
  ["a stage's name", yaml("  all:", "  joined:"), ""],
  [
    "the name of a stage that others take",
    both(
      yaml("  words:\n", "  texts:\n"),
      yaml("{ text: words }", "{ text: texts }"),
      yaml("{ rows: words }", "{ rows: texts }"),
    ),
    "",
  ],
  ["the order of stages", async (lab) => {
    const [head, ...stages] = (await lab.read("pipeline.yaml")).split(/^(?= {2}\w+:$)/m);
    await lab.write("pipeline.yaml", head + stages.toReversed().join(""));
  }, ""],
  ["the headline", yaml("profile: plain", "headline: lines\nprofile: plain"), ""],
  [
    "an axis's name",
    both(
      yaml("{ word:", "{ item:"),
      yaml("{ word:", "{ item:"),
      yaml("{ word:", "{ item:"),
      yaml("text: $word,", "text: $item,"),
    ),
    "",
  ],
  [
    "one value more",
    yaml("[ape, bee]", "[ape, bee, cat]"),
    "words[word=cat] first[word=cat] counts[word=cat] all",
    "neverRan, inputChanged inputs.texts.2",
  ],
  ["one value less", yaml("[ape, bee]", "[ape]"), "all", "inputChanged inputs.texts.1"],
  [
    "one value less, where nobody takes it",
    yaml(
      "matrix: { word: $words }\n    inputs: { rows",
      "matrix: { word: [bee] }\n    inputs: { rows",
    ),
    "",
  ],
  ["one axis more, of one value", yaml("{ word: $words }", "{ word: $words, seed: [1] }"), ""],
  [
    "one axis more, of two values that its params take",
    both(
      yaml("{ word: $words }", "{ word: $words, n: [1, 4] }"),
      yaml("copies: $times", "copies: $n"),
      yaml("inputs: { text: words }", "inputs: { text: { stage: words, where: { n: 1 } } }"),
      yaml("inputs: { rows: words }", "inputs: { rows: { stage: words, where: { n: 1 } } }"),
    ),
    "words[word=ape,n=4] words[word=bee,n=4]",
    "neverRan",
  ],
  [
    "values by include, less by exclude and by when",
    yaml(
      "matrix: { word: $words }",
      "matrix: { word: [$words, cat, dog], exclude: [{ word: cat }], when: { word: { not: dog } }, include: [{ word: eel }] }",
    ),
    "words[word=eel]",
    "neverRan",
  ],
  [
    "the order of values that are joined",
    yaml("[ape, bee]", "[bee, ape]"),
    "all",
    "inputChanged inputs.texts.0.text.txt, inputChanged inputs.texts.1.text.txt",
  ],
  [
    "another stage's instances as one more input",
    yaml("{ texts: first }", "{ texts: first, more: words }"),
    "all",
    "inputChanged inputs.more.0, inputChanged inputs.more.1",
  ],
  ["a filter that takes the same", yaml("texts: first", "texts: { stage: first, where: {} }"), ""],
  [
    "a filter that takes less",
    yaml("texts: first", "texts: { stage: first, where: { word: bee } }"),
    "all",
    "inputChanged inputs.texts.0.text.txt, inputChanged inputs.texts.1",
  ],
  [
    "a stage's kind",
    both(
      yaml("use: concat", "use: upper"),
      yaml("texts: first", "text: { stage: first, where: { word: ape } }"),
    ),
    "all",
    "codeChanged use, paramChanged params.separator, paramChanged params.first, " +
    "paramChanged params.wantsMore, inputChanged inputs.texts, inputChanged inputs.more, " +
    "inputChanged inputs.text, runtimeChanged runtime",
  ],
  [
    "one stage more",
    yaml("stages:", "stages:\n  new: { use: write, with: { text: new } }"),
    "new",
    "neverRan",
  ],
  ["one stage less", yaml("  all:\n    use: concat\n    inputs: { texts: first }\n", ""), ""],
];
