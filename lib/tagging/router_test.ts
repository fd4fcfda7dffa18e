import { strict as assert } from "node:assert";
import { standardLanguages } from "../corpora/languages.ts";
import { type RawSentence, sentenceOfWords } from "../raw_text/raw_sentence.ts";
import { hubModel, recorded } from "./testdata/hub_models.ts";
import { parseRoutes, Router } from "./router.ts";
import { Tagger } from "./tagger.ts";

const languages = await standardLanguages();
const routes = (text: string) => parseRoutes(text, "router.yaml", languages);

/** A router whose models are one, with the names that it was asked for. */
function routerOf(text: string, language?: string) {
  const asked: string[] = [];
  const load = (model: string) => {
    asked.push(model);
    const options = { threads: 1, device: "cpu", decoding: "argmax" } as const;
    return Tagger.load(hubModel("tiny-entities"), options);
  };
  const router = new Router(routes(text), { name: "router.yaml", languages, language, load });
  return { router, asked };
}

let count = 0;
const sentence = (text: string, language?: string): RawSentence => ({
  ...sentenceOfWords(text.split(" "), { document: count++, sentence: 0 }, "utf16"),
  ...language === undefined ? {} : { language },
});

const twoModels = "models: { de: ./german, kor: korean }\nfallback: any\n";

Deno.test("a sentence goes to the model of its language: its own, that of all, or of its script", async () => {
  const given = [
    sentence("Anna lebt hier .", "deu"),
    sentence("안나는 서울에 산다 ."),
    sentence("안나는 서울에 산다 .", "german"),
    sentence("Anna lives here ."),
    sentence("Anna vit ici .", "fra"),
  ];
  const { router, asked } = routerOf(twoModels);
  await using _models = router;
  const tagged = await router.tagged(given);
  assert.deepEqual(tagged.map(({ model }) => model), [
    "./german",
    "korean",
    "./german",
    "any",
    "any",
  ]);
  assert.deepEqual(tagged.map(({ document }) => document), given.map(({ document }) => document));
  assert.deepEqual(tagged.map(({ tags }) => tags.length), given.map(({ words }) => words.length));
  assert.deepEqual(asked, ["./german", "korean", "any"]);
  assert.deepEqual([...router.counts], [["./german", 2], ["korean", 1], ["any", 2]]);
  // What a model says is what it says alone, wherever a sentence stands among others.
  const [{ tags }] = await router.tagged([sentence(recorded.sentences[0].join(" "))]);
  const expected = recorded.ofWords[0].map((row) => recorded.tags[row.indexOf(Math.max(...row))]);
  assert.deepEqual(tags.map(({ tag }) => tag), expected);
  assert.equal(asked.length, 3);
});

Deno.test("the language of all comes before a script, and after a sentence's own", async () => {
  const { router } = routerOf(twoModels, "de");
  await using _models = router;
  const tagged = await router.tagged([sentence("안나는 산다"), sentence("안나는 산다", "ko")]);
  assert.deepEqual(tagged.map(({ model }) => model), ["./german", "korean"]);
});

const alone = "models: { deu: german }\n";
const unrouted: [about: string, sentence: RawSentence, message: RegExp][] = [
  [
    "a language without a model",
    sentence("Anna vit ici .", "fra"),
    /Cannot choose a model for sentence 1 of document \d+: router\.yaml has none for the language "fra", and no fallback: "Anna vit ici \."\n {2}it has deu: add that language, or a fallback:/,
  ],
  [
    "a language that nothing says",
    sentence("Anna lives here ."),
    /nothing says its language, and no fallback: "Anna lives here \."\n {2}name it with --language/,
  ],
];
for (const [about, given, message] of unrouted) {
  Deno.test(`${about} is an error where there is no fallback`, async () => {
    const { router } = routerOf(alone);
    await using _models = router;
    await assert.rejects(router.tagged([given]), message);
  });
}

const wrong: [text: string, message: RegExp][] = [
  ["", /router\.yaml.* Cannot use this file: it is empty/],
  ["models: {}\n", /router\.yaml:1:1: Cannot route without models/],
  ["fallback: x\n", /Cannot do without "models"/],
  ["models: { deu: [a] }\n", /router\.yaml:1:16: Cannot use this as "models\.deu"/],
  [
    "models:\n  deu: a\n  german: b\n",
    /router\.yaml:3:3: Cannot use the language "german" twice\n.*\n.*\n {2}it is the same as German above/,
  ],
  [
    "models: { deu: a }\nfalback: b\n",
    /Cannot use key "falback"\n.*\n.*\n {2}did you mean "fallback"/,
  ],
];
for (const [text, message] of wrong) {
  Deno.test(`a router file is refused with its place: ${JSON.stringify(text)}`, () => {
    assert.throws(() => routes(text), message);
  });
}
