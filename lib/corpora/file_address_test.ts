import { strict as assert } from "node:assert";
import { join } from "node:path";
import { UserError } from "../core/errors.ts";
import { addressOf, hubHeaders, mirrorCopy, mirrorPlaces, placeIn } from "./file_address.ts";

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

const places: readonly (readonly [mirror: string | undefined, places: readonly string[]])[] = [
  [undefined, []],
  ["", []],
  [" ", []],
  [":", []],
  ["/a", ["/a"]],
  ["/a:/b:c", ["/a", "/b", "c"]],
  ["::/a::/b:", ["/a", "/b"]],
  ["https://m", ["https://m"]],
  ["https://m/x:/b", ["https://m/x", "/b"]],
  ["https://m:/b", ["https://m", "/b"]],
  ["https://m:8080", ["https://m:8080"]],
  ["https://m:8080:/b", ["https://m:8080", "/b"]],
  ["https://m:8080/x:/b", ["https://m:8080/x", "/b"]],
  ["https://m:8080b", ["https://m", "8080b"]],
  ["https://m:./8080", ["https://m", "./8080"]],
  ["http://m:https://n", ["http://m", "https://n"]],
  ["http://m:81:https://n:82/x:/c", ["http://m:81", "https://n:82/x", "/c"]],
  ["https://ann:pa:ss@m:81/x:/b", ["https://ann:pa:ss@m:81/x", "/b"]],
  ["/b:https://ann:secret@m", ["/b", "https://ann:secret@m"]],
  ["http://m:https://ann:secret@n/x", ["http://m", "https://ann:secret@n/x"]],
  ["https://[::1]:8080/x:/b", ["https://[::1]:8080/x", "/b"]],
  ["https://[::1]:/b", ["https://[::1]", "/b"]],
  ["file:///a b:/c", ["file:///a b", "/c"]],
  ["file:/a:/c", ["file:/a", "/c"]],
  ["https://m/a%3Ab:/c", ["https://m/a%3Ab", "/c"]],
];
for (const [mirror, expected] of places) {
  Deno.test(`the places of the mirror ${JSON.stringify(mirror)}`, () => {
    assert.deepEqual(mirrorPlaces(mirror, ":"), expected);
  });
}

Deno.test("on Windows, places are separated by semicolons", () => {
  assert.deepEqual(mirrorPlaces("C:\\a;https://m:81;", ";"), ["C:\\a", "https://m:81"]);
});

for (
  const [mirror, reason] of [
    ["ftp://ann:secret@m/x", "it is not http or https"],
    ["https://ann:secret@[m", "it is no address"],
    ["https://m/x?token=secret", "it has a query or fragment, which names no folder"],
    ["https://m/x#secret", "it has a query or fragment, which names no folder"],
    ["https://ann:%zz@m", "its user or password is not percent-encoded UTF-8"],
    ["file://host/x", "it names no folder"],
    ["file:///%zz", "it names no folder"],
    ["file:///a%2Fb", "it names no folder"],
  ]
) {
  Deno.test(`the mirror ${mirror} is refused in words, without secrets`, () => {
    assert.throws(() => mirrorCopy(mirror, addressOf("https://example.org/a")), (error) => {
      assert.ok(error instanceof UserError);
      assert.ok(error.message.includes(`: ${reason}\n`), error.message);
      assert.ok(!error.message.includes("secret"), error.message);
      return true;
    });
  });
}
