import { strict as assert } from "node:assert";
import { standardCatalogue } from "../corpora/catalogue.ts";
import { standardEncoders } from "../encoders/catalogue.ts";
import { bibliography, standardCitations } from "./citations.ts";

Deno.test("every corpus and encoder of the catalogues says what to cite, and every entry is cited", async () => {
  const citations = await standardCitations();
  assert.deepEqual(
    Object.keys(citations.corpora).sort(),
    [...(await standardCatalogue()).keys()].sort(),
  );
  assert.deepEqual(
    Object.keys(citations.encoders).sort(),
    [...(await standardEncoders()).keys()].sort(),
  );
  const cited = new Set(
    [...Object.values(citations.corpora), ...Object.values(citations.encoders)].flat(),
  );
  assert.deepEqual([...cited].sort(), Object.keys(citations.entries).sort());
});

Deno.test("an entry is BibTeX by its own key, whose braces close", async () => {
  for (const [key, entry] of Object.entries((await standardCitations()).entries)) {
    assert.match(entry, new RegExp(`^@\\w+\\{${key},\\n`));
    let depth = 0;
    for (const sign of entry) {
      depth += Number(sign === "{") - Number(sign === "}");
      assert.ok(depth >= 0, key);
    }
    assert.equal(depth, 0, key);
    assert.match(entry, /^ {2}title = .*^ {2}author = .*^ {2}.*year = \{\d{4}\}/ms);
  }
});

Deno.test("a bibliography has what was used, once", async () => {
  const text = bibliography(await standardCitations(), {
    corpora: ["wikiann", "pan-x", "sample", "towns"],
    encoders: ["xlm-roberta-base", "somebody/else"],
  });
  assert.deepEqual([...text.matchAll(/^@\w+\{(.*),$/gm)].map(([, key]) => key), [
    "conneau-etal-2020-unsupervised",
    "hu-etal-2020-xtreme",
    "pan-etal-2017-cross",
    "rahimi-etal-2019-massively",
  ]);
});
