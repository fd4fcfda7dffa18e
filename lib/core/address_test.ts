import { strict as assert } from "node:assert";
import { passwordsIn, showAddressIn, shownAddress, takeCredentials } from "./address.ts";

const shown: readonly (readonly [string, string])[] = [
  ["https://host/a/b.txt", "https://host/a/b.txt"],
  ["https://host", "https://host"],
  ["https://host:8443/", "https://host:8443"],
  ["https://ann:secret@host/a", "https://host/a"],
  ["https://secret@host/a", "https://host/a"],
  ["https://:secret@host/a", "https://host/a"],
  ["https://ann:se%40cr:et@host:81/a", "https://host:81/a"],
  ["https://ann:se@secret@host/a", "https://host/a"],
  ["https://host/a?token=secret", "https://host/a"],
  ["https://host/a#secret", "https://host/a"],
  ["  https://ann:secret@host/a", "https://host/a"],
  ["https:ann:secret@host/a", "https://host/a"],
  ["https:\\\\ann:secret@host\\a", "https://host/a"],
  ["htps://ann:secret@host/a?b=secret", "htps://host/a"],
  ["s3://AKIA:secret@bucket/prefix", "s3://bucket/prefix"],
  ["s3://bucket/@scope/x", "s3://bucket/@scope/x"],
  ["https://[::1]:80/a", "https://[::1]/a".replace("]/", "]:80/")],
  ["http://ann:secret@[bad", "http://[bad"],
  ["http://ann:se/cret@host/a", "http://host/a"],
  ["http://ann:se?cr#et@host/a", "http://host/a"],
  ["http://ann:secret@host:port/a?secret", "http://host:port/a"],
  ["//ann:secret@host/a", "host/a"],
  ["ann:secret@host/a", "host/a"],
  ["s3:AKIA:secret@bucket/a", "bucket/a"],
  ["ann:se@secret@host:8080/a", "host:8080/a"],
  ["/data/@mirror/a?b#c", "/data/@mirror/a?b#c"],
  ["./here@there", "./here@there"],
  ["../a b", "../a b"],
  ["C:\\data\\@x", "C:\\data\\@x"],
  ["C:/data/x", "C:/data/x"],
  ["mirror", "mirror"],
  ["file:///data/x", "file:///data/x"],
  ["", ""],
];
for (const [address, expected] of shown) {
  Deno.test(`the address ${JSON.stringify(address)} is shown without secrets`, () => {
    assert.equal(shownAddress(address), expected);
    assert.equal(shownAddress(shownAddress(address)), expected);
  });
}

Deno.test("an address in a text is shown as others are", () => {
  const url = new URL("https://cdn/a(1)?signature=secret");
  assert.equal(
    showAddressIn(`error for url (${url.href}): reset`, url),
    "error for url (https://cdn/a(1)): reset",
  );
});

Deno.test("user and password become a header", () => {
  const { url, authorization } = takeCredentials(new URL("https://ann:p%3Aw@host/a?b"));
  assert.equal(url.href, "https://host/a?b");
  assert.equal(authorization, `Basic ${btoa("ann:p:w")}`);
  assert.equal(takeCredentials(new URL("https://host/a")).authorization, undefined);
  const other = takeCredentials(new URL("https://ключ:ü@host/"));
  assert.equal(other.authorization, "Basic 0LrQu9GO0Yc6w7w=");
  assert.throws(() => takeCredentials(new URL("https://ann:a%secret@host")), URIError);
});

Deno.test("passwords in a text are found, and hidden", () => {
  assert.deepEqual(
    passwordsIn(
      'http://bob:hunter2@127.0.0.1:81/x: HTTP 503\n{"url":"https://a:b@host/y"} ' +
        "http://bob:other@127.0.0.1:81/z https://host/a@b see https://host:80/x@y",
    ),
    ["http://…:…@127.0.0.1:81", "https://…:…@host"],
  );
});
