import { strict as assert } from "node:assert";
import { reportPage } from "./page.ts";
import { hostile, MadeUpStudy, type Size } from "./testdata/study.ts";

const small: Size = {
  languages: ["eng", hostile.rightToLeft, hostile.script],
  systems: ["plain", hostile.attribute],
  seeds: 2,
  sentences: 4,
};

async function pageOf(size: Size): Promise<string> {
  await using study = await MadeUpStudy.create(size);
  return await reportPage(study.results, study.facts);
}

Deno.test("the same results give the same bytes", async () => {
  assert.equal(await pageOf(small), await pageOf(small));
});

Deno.test("sections appear in order, claims first, and only where their tables are", async () => {
  const page = await pageOf(small);
  const ids = [...page.matchAll(/<section id="([a-z]+)"/g)].map(([, id]) => id);
  assert.deepEqual(ids, [
    "claims",
    "headline",
    "transfer",
    "languages",
    "attention",
    "buckets",
    "errors",
    "training",
    "trace",
    "provenance",
  ]);
  assert.match(page, /1 confirmed, 1 refuted, 1 undecided/);
});

Deno.test("published numbers stand beside ours, and what the interval does not hold is marked", async () => {
  const page = await pageOf(small);
  const table = page.slice(page.indexOf('id="published"'), page.indexOf('id="matrix"'));
  assert.match(table, /<td class="n below">▼ −10\.0<\/td>/);
  assert.match(table, /<td class="n same">−1\.0<\/td>/);
  assert.match(table, /<td class="n above">▲ \+10\.0<\/td>/);
  assert.match(table, /claimed, not measured/);
});

Deno.test("a sentence says which kinds of entities of its language it has, and a chart which are its own", async () => {
  const page = (await pageOf(small)).replaceAll("&quot;", '"');
  const kinds = (of: string) =>
    [...page.matchAll(new RegExp(`data-${of}="([[{].*?[\\]}])"`, "g"))].map(([, json]) =>
      JSON.parse(json)
    );
  const sentences = kinds("buckets"), charts = kinds("examples");
  assert.equal(charts.length, 2);
  for (const language of ["eng", hostile.rightToLeft]) {
    // B-PER I-PER, B-LOC and B-ORG among 10 words: 4 of 10 are in entities.
    const own = ["LOC", "ORG", "PER"].map((label) => `${language}, label ${label}`)
      .concat([1, 2].map((length) => `${language}, spanLength ${length}`))
      .concat(`${language}, sentenceLength 1-10`, `${language}, entityDensity 0.2-0.4`);
    assert.ok(
      sentences.some((each: string[]) => own.every((kind) => each.includes(kind))),
      JSON.stringify(sentences[0]),
    );
  }
  assert.deepEqual(charts.find((each) => "2" in each), {
    1: "eng, spanLength 1",
    2: "eng, spanLength 2",
    3: "eng, spanLength 3",
  });
});

Deno.test("each table stands beside the command that makes it again", async () => {
  const page = await pageOf(small);
  assert.match(
    page,
    /<dt>transfer<\/dt>\s*<dd><code class="command">deno task pipeline transfer<\/code><\/dd>/,
  );
});

Deno.test("names, words and queries of strangers are texts and nothing else", async () => {
  const page = await pageOf(small);
  const tags = page.replace(/<style>.*?<\/style>/s, "").replace(/<script>\/\/ What a page.*$/s, "")
    .match(/<[^>]*>/g)!.map((tag) => tag.replace(/"[^"]*"/g, '""'));
  assert.deepEqual(tags.filter((tag) => /^<(script|img|!--)|\son\w+=|'/.test(tag)), []);
  // deno-lint-ignore no-control-regex
  assert.doesNotMatch(page, /[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069]/);
  assert.ok(page.includes("&lt;script&gt;globalThis.broken"));
  assert.match(page, /<bdi>עברית<\/bdi>/);
});

Deno.test("a page names no other place, and its policy admits nothing but its own style and script", async () => {
  const page = await pageOf(small);
  assert.equal(page.match(/\s(src|href|action)="(?!#)[^"]*"/g), null);
  const policy = page.match(/Content-Security-Policy" content="([^"]*)"/)![1];
  assert.match(
    policy,
    /^default-src 'none'; style-src 'sha256-[^']+'; script-src 'sha256-[^']+'; /,
  );
  assert.doesNotMatch(policy, /unsafe|\*|https?:/);
  assert.doesNotMatch(page, /\sstyle=/);
});

const sizes: [string, number, Size][] = [
  ["the sample", 1_000_000, {
    languages: ["eng", "deu", "spa", "rus", "swa", "amh"],
    systems: ["eng", "deu", "spa", "rus", "swa", "amh", "all"],
    seeds: 2,
    sentences: 20,
  }],
  ["34 targets, 10 seeds and 4 systems", 3_000_000, {
    languages: Array.from({ length: 34 }, (_, i) => `l${i}`),
    systems: ["plain", "h1", "h2", "h8"],
    seeds: 10,
    sentences: 3,
  }],
  ["one language and one system", 300_000, {
    languages: ["eng"],
    systems: ["one"],
    seeds: 1,
    sentences: 1,
  }],
];
for (const [what, limit, size] of sizes) {
  Deno.test(`a page of ${what} has at most ${limit / 1e6} MB`, async () => {
    const bytes = new TextEncoder().encode(await pageOf(size)).length;
    assert.ok(bytes <= limit, `${bytes} bytes`);
    assert.ok(bytes > 30_000, `${bytes} bytes`);
  });
}
