import { strict as assert } from "node:assert";
import { foreign, html, trusted } from "./html.ts";

Deno.test("values are escaped once, in text and in attributes; HTML stays as it is", () => {
  const inner = html`<b title="${"\"'<&>"}">${"a < b"}</b>`;
  assert.equal(inner.text, '<b title="&quot;&#39;&lt;&amp;&gt;">a &lt; b</b>');
  assert.equal(html`<p>${inner}</p>`.text, `<p>${inner.text}</p>`);
  assert.equal(html`${trusted("<hr>")}`.text, "<hr>");
});

Deno.test("lists are joined, and nothing is shown for null, undefined and false", () => {
  assert.equal(html`${[1, "x", null, [undefined, false]]}!`.text, "1x!");
});

Deno.test("controls are shown, and what turns the direction has no effect", () => {
  assert.equal(foreign("a\x1b[31m\u202Eb").text, "<bdi>a␛[31m�b</bdi>");
});
