/**
 * The embedded sample corpora are complete, reproducible, and hard for a memorising tagger.
 *
 * @module
 */
import { sha256 } from "../core/sha256.ts";
import { UserError } from "../core/errors.ts";
import { parseYaml } from "../core/yaml.ts";
import { generateSample, sampleLanguages, type SampleSentence, sampleSizes } from "./sample.ts";
import assert from "node:assert/strict";

const grammarOf = (language: string) =>
  Deno.readTextFileSync(new URL(`../../data/sample/${language}.yaml`, import.meta.url));
const corpora = sampleLanguages.map((language) => {
  const grammar = grammarOf(language);
  return { language, grammar, splits: generateSample(grammar, language) };
});
const textOf = ({ tokens }: SampleSentence) => tokens.join(" ");

function spansOf({ tokens, tags }: SampleSentence): { text: string; type: string }[] {
  const spans: { text: string; type: string }[] = [];
  tags.forEach((tag, i) => {
    if (tag.startsWith("B-")) spans.push({ text: tokens[i], type: tag.slice(2) });
    if (tag.startsWith("I-")) spans[spans.length - 1].text += ` ${tokens[i]}`;
  });
  return spans;
}

for (const { language, grammar, splits } of corpora) {
  const { train, validation, test } = splits;
  const all = [...train, ...validation, ...test];

  Deno.test(`sample ${language}: the same grammar gives the same bytes`, () => {
    const again = generateSample(grammar, language);
    assert.equal(sha256(JSON.stringify(again)), sha256(JSON.stringify(splits)));
  });

  Deno.test(`sample ${language}: every split has its size and no sentence occurs twice`, () => {
    assert.equal(train.length, sampleSizes.train);
    assert.equal(validation.length, sampleSizes.validation);
    assert.equal(test.length, sampleSizes.test);
    assert.equal(new Set(all.map(textOf)).size, all.length);
  });

  Deno.test(`sample ${language}: tags are valid IOB2 and tokens are single words`, () => {
    for (const { tokens, tags } of all) {
      assert.equal(tags.length, tokens.length);
      tags.forEach((tag, i) => {
        assert.match(tag, /^(O|[BI]-(PER|ORG|LOC))$/);
        if (tag.startsWith("I-")) assert.ok(tags[i - 1]?.endsWith(tag.slice(1)), tags.join(" "));
        assert.match(tokens[i], /^[^\s{}[\]]+$/);
      });
    }
  });

  Deno.test(`sample ${language}: all three types and sentences with no entity occur`, () => {
    for (const split of [train, validation, test]) {
      const types = split.flatMap(spansOf).map(({ type }) => type);
      for (const type of ["PER", "ORG", "LOC"]) {
        const share = types.filter((each) => each === type).length / types.length;
        assert.ok(share > 0.15, `${type} is only ${share} of the mentions`);
      }
    }
    const empty = all.filter((sentence) => spansOf(sentence).length === 0).length / all.length;
    assert.ok(empty > 0.08 && empty < 0.2, `${empty} of the sentences have no entity`);
  });

  Deno.test(`sample ${language}: 20 % to 50 % of the test mentions are unseen in train`, () => {
    const known = new Set(train.flatMap(spansOf).map(({ text }) => text));
    const mentions = test.flatMap(spansOf);
    const unseen = mentions.filter(({ text }) => !known.has(text)).length / mentions.length;
    assert.ok(unseen > 0.2 && unseen < 0.5, `${unseen} of the mentions are unseen`);
  });

  Deno.test(`sample ${language}: some names have more than one type`, () => {
    const types = new Map<string, Set<string>>();
    for (const { text, type } of train.flatMap(spansOf)) {
      types.set(text, (types.get(text) ?? new Set()).add(type));
    }
    assert.ok([...types.values()].filter((each) => each.size > 1).length >= 10);
  });

  Deno.test(`sample ${language}: training draws every pattern`, () => {
    const { patterns } = parseYaml(grammar, language).value as { patterns: string[] };
    assert.ok(patterns.length >= 35);
    const texts = train.map(textOf);
    for (const pattern of patterns) {
      const expression = pattern
        .replace(/[.*+?^$()|\\]/g, "\\$&")
        .replace(/\{[^{}]*\}/g, ".+")
        .replace(/\[([^\]/]*)\/([^\]/]*)\]/g, "(?:$1|$2)");
      const shape = new RegExp(`^${expression}$`, "u");
      assert.ok(texts.some((text) => shape.test(text)), `no sentence is like "${pattern}"`);
    }
  });
}

Deno.test("sample: names are shared between Latin-script languages, and not with others", () => {
  const namesOf = (language: string) => {
    const { splits } = corpora.find((corpus) => corpus.language === language)!;
    return new Set(splits.train.flatMap(spansOf).map(({ text }) => text));
  };
  const english = namesOf("eng");
  for (const language of ["deu", "spa", "swa"]) {
    const shared = [...namesOf(language)].filter((name) => english.has(name));
    assert.ok(shared.length >= 10, `${language} shares ${shared.join(", ")}`);
  }
  for (const language of ["rus", "amh"]) {
    assert.deepEqual([...namesOf(language)].filter((name) => english.has(name)), []);
  }
});

const broken = (from: string, to: string) => {
  const grammar = grammarOf("deu");
  assert.ok(grammar.includes(from));
  return () => generateSample(grammar.replace(from, to), "deu");
};

for (
  const [what, from, to, message] of [
    ["an unknown slot", "{PER} lebt", "{PRE} lebt", /deu\.yaml:\d+:\d+: .*nothing is called "PRE"/],
    ["an unknown form", "in {LOC} .", "in {LOC:dat} .", /\{LOC:dat\} in ".*no form "dat"/],
    ["an entity in a template", "{org}", "{PER}", /Cannot fill \{PER\} in "\{PER\}"/],
    ["an open slot", "{PER} lebt", "{PER lebt", /Cannot read \{PER in "/],
    ["a missing list", "  virtue: ", "  vice: ", /nothing is called "virtue"/],
    ["an unknown key", "unseen: ", "hidden: ", /without "unseen"[^]*\d: Cannot use key "hidden"/],
    ["a paradigm without an ending", "gen: ’", "dat: ’", /paradigm "apostrophe" lacks gen/],
    ["too many forms", "Fernblick Reisen", "A/B/C", /"A\/B\/C" must have 1 form or 2: got 3/],
    ["another language", "language: deu", "language: eng", /Cannot generate "deu"/],
    ["YAML that is none", "patterns:", "patterns: ]", /deu\.yaml:\d+:\d+: /],
  ] as const
) {
  Deno.test(`sample: ${what} is reported with its place`, () => {
    assert.throws(broken(from, to), (error) => {
      assert.ok(error instanceof UserError);
      assert.match(error.message, message);
      return true;
    });
  });
}

Deno.test("sample: all problems are reported at once", () => {
  assert.throws(
    () => generateSample(grammarOf("eng").replaceAll("{PER}", "{PERSON}"), "eng"),
    (error) => error instanceof UserError && error.problems.length > 5,
  );
});

Deno.test("sample: a grammar with too few sentences is refused", () => {
  const grammar = `
language: eng
unseen: 0
patterns: ["{day}"]
entities: {}
names: {}
words: { day: "Monday, Tuesday" }`;
  assert.throws(() => generateSample(grammar, "eng"), /too few different sentences/);
});
