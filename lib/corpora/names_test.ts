import { strict as assert } from "node:assert";
import { UserError } from "../core/errors.ts";
import { findSource, parseCatalogue } from "./catalogue.ts";
import { corpusFacts } from "./load_corpus.ts";

const pin = "ab".repeat(32);
const entry = (languages: string, more = "") => `
    title: a corpus
    task: ner
    licence: own
    format: conll
    url: https://cases.example/{language}/{split}.txt
    languages: ${languages}
    splits: { train: a, test: b }
    entityTypes: [PER]
${more}`;

Deno.test("corpora and languages have any name", async () => {
  for (const corpus of ["constructor", "toString", "__proto__", "valueOf"]) {
    for (const language of ["constructor", "toString", "hasOwnProperty"]) {
      const more = `    sha256: { ${language}: { train: ${pin} } }
    languageOptions: { ${language}: { separator: tab } }
    aliases: { valueOf: ${language} }
`;
      const catalogue = parseCatalogue(`corpora:\n  ${corpus}:${entry(language, more)}`, "c.yaml");
      assert.deepEqual([...catalogue.keys()], [corpus]);
      const source = findSource(catalogue, corpus, language);
      assert.deepEqual(
        source.files.map(({ url, pins }) => [url, pins.sha256]),
        [
          [`https://cases.example/${language}/a.txt`, pin],
          [`https://cases.example/${language}/b.txt`, undefined],
        ],
      );
      const facts = await corpusFacts(source) as { options: unknown };
      assert.deepEqual(facts.options, { separator: "tab" });
      assert.throws(
        () => findSource(catalogue, corpus, "valueOf"),
        (error) => error instanceof UserError && error.message.includes(`spells it "${language}"`),
      );
    }
  }
});

Deno.test("what nobody declared is not taken from objects", async () => {
  const catalogue = parseCatalogue(`corpora:\n  c:${entry("constructor deu")}`, "c.yaml");
  const source = findSource(catalogue, "c", "constructor");
  assert.deepEqual(source.files.map(({ pins }) => pins.sha256), [undefined, undefined]);
  assert.deepEqual((await corpusFacts(source) as { options: unknown }).options, {});
  for (const name of ["toString", "__proto__", "valueOf"]) {
    assert.throws(() => findSource(catalogue, name, "deu"), /Cannot find the corpus/);
    assert.throws(
      () => findSource(catalogue, "c", name),
      (error) =>
        error instanceof UserError && /known here: constructor, deu/.test(error.problems[0].hint!),
    );
  }
});

Deno.test("a name that a corpus does not have is refused, __proto__ like others", () => {
  const outcomeOf = (key: string, name: string): string => {
    const value = key === "aliases" ? "deu" : "{}";
    const text = `corpora:\n  c:${entry("deu", `    ${key}: { ${name}: ${value} }\n`)}`;
    try {
      parseCatalogue(text, "c.yaml");
      return "accepted";
    } catch (error) {
      assert.ok(error instanceof UserError);
      return error.message.replaceAll(name, "…");
    }
  };
  for (const key of ["sha256", "mirrorSha256", "aliases", "languageOptions"]) {
    assert.equal(outcomeOf(key, "__proto__"), outcomeOf(key, "__other__"), key);
  }
  assert.match(outcomeOf("sha256", "__proto__"), /is none of the languages of this corpus/);
});
