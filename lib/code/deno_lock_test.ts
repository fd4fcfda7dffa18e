import { strict as assert } from "node:assert";
import { type LockedImports, lockedKeys, lockedPackages, targetOf } from "./deno_lock.ts";

const map: LockedImports = {
  imports: {
    "@scope/a": "npm:@scope/a@^1",
    b: "npm:b@2",
    "b/": "npm:/b@2/lib/",
    "range": "npm:range@^1.2",
    "local": "./lib/mod.ts",
    "local/": "./lib/",
    "local/deep/": "/elsewhere/",
  },
  lock: {
    specifiers: {
      "npm:@scope/a@1": "1.2.3_peer@5.0.0",
      "npm:b@2": "2.0.0",
      "npm:b@3": "3.0.0",
      "npm:range@~1.2.0": "1.2.9",
      "npm:range@1": "1.9.0",
      "npm:any@*": "7.0.0",
    },
    npm: {
      "@scope/a@1.2.3_peer@5.0.0": { dependencies: ["c", "d@1.0.0"] },
      "b@2.0.0": {},
      "c@3.0.0": { optionalDependencies: ["e"] },
      "d@1.0.0": {},
      "d@2.0.0": {},
      "e@4.0.0": { dependencies: ["c"] },
    },
  },
  emit: {},
};

Deno.test("an import stands for what the longest key of the import map says", () => {
  const targets = {
    "b": "npm:b@2",
    "b/sub.js": "npm:/b@2/lib/sub.js",
    "@scope/a/sub": "npm:@scope/a@^1/sub",
    "local": "./lib/mod.ts",
    "local/x.ts": "./lib/x.ts",
    "local/deep/x.ts": "/elsewhere/x.ts",
    "locally": "locally",
    "node:fs": "node:fs",
  };
  for (const [path, target] of Object.entries(targets)) {
    assert.equal(targetOf(path, map), target);
  }
});

Deno.test("an import of a package has the versions that the lock gives it", () => {
  const keys = {
    "b": ["b@2.0.0"],
    "b/sub.js": ["b@2.0.0"],
    "npm:b@3/sub.js": ["b@3.0.0"],
    "npm:/b@3/sub.js": ["b@3.0.0"],
    // The lock has its own spelling of ranges.
    "@scope/a/sub": ["@scope/a@1.2.3_peer@5.0.0"],
    "npm:@scope/a@^1.0.0": ["@scope/a@1.2.3_peer@5.0.0"],
    "range": ["range@1.2.9", "range@1.9.0"],
    "npm:any": ["any@7.0.0"],
    "npm:an": [],
    "npm:none@1": [],
    "local": [],
    "node:fs": [],
    "https://example.org/b@2": [],
  };
  for (const [path, expected] of Object.entries(keys)) {
    assert.deepEqual(lockedKeys(path, map), expected, path);
  }
});

Deno.test("packages count with all they depend on", () => {
  assert.deepEqual(lockedPackages(["@scope/a/sub", "node:fs", "b"], map), [
    "@scope/a@1.2.3_peer@5.0.0",
    "b@2.0.0",
    "c@3.0.0",
    "d@1.0.0",
    "e@4.0.0",
  ]);
  assert.deepEqual(lockedPackages([], map), []);
});
