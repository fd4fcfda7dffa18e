import { strict as assert } from "node:assert";
import { join } from "node:path";
import { UserError } from "../core/errors.ts";
import { addressOf, hubHeaders, mirrorCopy, placeIn } from "./file_address.ts";

Deno.test("an address gives its place", () => {
  const address = addressOf("https://example.org/a/PAN-X.de/b%20c.txt");
  assert.equal(address.place, "example.org/a/PAN-X.de/b c.txt");
  assert.equal(placeIn("/x", address), join("/x", "example.org", "a", "PAN-X.de", "b c.txt"));
  assert.equal(addressOf("http://localhost:8080/a").place, "localhost_8080/a");
});

Deno.test("an address that leaves the folder or is none is refused", () => {
  for (
    const address of [
      "https://example.org/a/../b",
      "https://example.org/%2e%2e/b",
      "https://example.org/..%2f..%2fetc/passwd",
      "https://example.org/a%5cb",
      "https://example.org/a%00b",
      "https://example.org/a//b",
      "https://example.org/",
      "https://example.org",
      "https://example.org/a?b=c",
      "https://example.org/a#b",
      "https://user:secret@example.org/a",
      "https://example.org/%ff",
      "file:///etc/passwd",
      "example.org/a",
    ]
  ) assert.throws(() => addressOf(address), UserError, address);
});

Deno.test("a mirror is a folder, a file address or a web address", () => {
  const address = addressOf("https://example.org/a b/c");
  const path = join("/m", "example.org", "a b", "c");
  assert.deepEqual(mirrorCopy("/m", address), { kind: "file", folder: "/m", path });
  assert.deepEqual(mirrorCopy("file:///m", address), { kind: "file", folder: "/m", path });
  for (const base of ["https://mirror.org/x", "https://mirror.org/x/"]) {
    const copy = mirrorCopy(base, address);
    assert.ok(copy.kind === "url");
    assert.equal(copy.url.href, "https://mirror.org/x/example.org/a%20b/c");
  }
  assert.throws(() => mirrorCopy("http://[bad", address), {
    name: "UserError",
    message: /^Cannot use CROSSTIE_MIRROR="http:\/\/\[bad": it is no address\n/,
  });
});

Deno.test("the hub's token goes to the hub alone, encrypted", () => {
  const sent = (url: string) => hubHeaders(new URL(url), "secret").authorization;
  assert.equal(sent("https://huggingface.co/a"), "Bearer secret");
  assert.equal(sent("http://huggingface.co/a"), undefined);
  assert.equal(sent("https://huggingface.co.evil.org/a"), undefined);
  assert.equal(sent("https://cdn.huggingface.co/a"), undefined);
});
