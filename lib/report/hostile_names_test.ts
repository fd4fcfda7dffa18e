/** Names that strangers choose are texts of a page, wherever they stand, charts included. */
import { strict as assert } from "node:assert";
import { reportPage } from "./page.ts";
import { MadeUpStudy } from "./testdata/study.ts";

/** Each as a language and as a system. */
const names = [
  "<script>globalThis.broken = 1</script>",
  "</script><script>globalThis.broken = 2</script>",
  "</style><style>body { display: none }</style>",
  "<svg onload=globalThis.broken=3>",
  "</svg></text><img src=x onerror=globalThis.broken=4>",
  "\" onmouseover='globalThis.broken=5' x=\"",
  "javascript:globalThis.broken=6",
  "<a href='http://127.0.0.1/'>here</a>",
  "<!-- <base href=http://127.0.0.1/> --!>",
  "<meta http-equiv=refresh content=0;url=http://127.0.0.1/>",
  "]]><iframe srcdoc=x></iframe>",
  "${globalThis.broken = 7} {{constructor}} `",
  "$& $' $` $1 $$",
  "&lt;script&gt;&#60;b&#62;",
  "\x1b]0;pwn\x07\x9b31m",
  "abc\u202Egnp.exe\u2066",
  "\u2028\u2029\uFEFF",
  "__proto__",
  "constructor",
  "toString",
  "hasOwnProperty",
  `long ${"<b>".repeat(200)}`,
];

Deno.test("hostile names make no tag, address or control of a page", async () => {
  await using study = await MadeUpStudy.create({
    languages: ["eng", ...names],
    systems: ["plain", ...names.map((name) => `s ${name}`)],
    seeds: 1,
    sentences: 2,
  });
  const page = await reportPage(study.results, study.facts);
  const body = page.replace(/<style>.*?<\/style>/s, "").replace(/<script>\/\/ What a page.*$/s, "");
  const tags = body.match(/<[^>]*>/g)!.map((tag) => tag.replace(/"[^"]*"/g, '""'));
  const known = new Set(tags.map((tag) => /^<\/?([a-z0-9]+)/i.exec(tag)?.[1] ?? tag));
  for (const name of ["script", "img", "iframe", "base", "style", "object", "embed", "form"]) {
    assert.ok(!known.has(name), name);
  }
  assert.deepEqual(tags.filter((tag) => /\son\w+=|'|<!--/.test(tag)), []);
  assert.equal(body.match(/\s(src|href|action|srcdoc)="(?!#)[^"]*"/g), null);
  assert.equal(body.match(/<meta[^>]*refresh/g), null);
  // deno-lint-ignore no-control-regex
  assert.doesNotMatch(page, /[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/);
  assert.ok(body.includes("&lt;script&gt;globalThis.broken = 1&lt;/script&gt;"));
  assert.ok(body.includes("$&amp; $&#39; $` $1 $$"));
});
