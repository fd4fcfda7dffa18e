import { strict as assert } from "node:assert";
import { sha256, sha256File, sha256Json } from "./sha256.ts";

// FIPS 180-4 examples, and the empty message.
const published: [message: string, digest: string][] = [
  ["", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"],
  ["abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"],
  [
    "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
    "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1",
  ],
];

for (const [message, digest] of published) {
  Deno.test(`the digest of "${message}" is the published one`, async () => {
    const bytes = new TextEncoder().encode(message);
    assert.equal(sha256(message), digest);
    assert.equal(sha256(bytes), digest);
    const found = { digest, sizeBytes: bytes.byteLength };
    const path = await Deno.makeTempFile();
    await Deno.writeFile(path, bytes);
    assert.deepEqual(await sha256File(path), found);
    await Deno.remove(path);
  });
}

Deno.test("a file is read to its end, whatever its length", async () => {
  const path = await Deno.makeTempFile();
  for (const sizeBytes of [2 ** 20 - 1, 2 ** 20, 2 ** 21 + 7]) {
    const bytes = Uint8Array.from({ length: sizeBytes }, (_, i) => i % 251);
    await Deno.writeFile(path, bytes);
    assert.deepEqual(await sha256File(path), { digest: sha256(bytes), sizeBytes });
  }
  await Deno.remove(path);
});

Deno.test("the digest of a string is of its UTF-8 form", () => {
  assert.equal(sha256("ሰላም"), sha256(new TextEncoder().encode("ሰላም")));
});

Deno.test("equal values have equal digests", () => {
  assert.equal(sha256Json({ a: 1, b: [2] }), sha256Json({ b: [2], a: 1 }));
  assert.equal(sha256Json({ a: 1 }), sha256('{"a":1}'));
  assert.notEqual(sha256Json([1, 2]), sha256Json([2, 1]));
});
