import { strict as assert } from "node:assert";

const module = new URL("./permissions.ts", import.meta.url).href;
const code = `import { inheritedPermissions } from "${module}";
console.log(inheritedPermissions().join(" "));`;

Deno.test("another process gets what this one has, and no more", async () => {
  const cases: [given: string[], handedOn: string][] = [
    [["-A"], "-A"],
    [[], "--no-prompt"],
    [["--allow-read"], "--no-prompt --allow-read"],
    [["--allow-env", "--allow-read"], "--no-prompt --allow-read --allow-env"],
    [["--allow-read=/tmp"], "--no-prompt"],
    [["--allow-net=127.0.0.1", "--allow-sys"], "--no-prompt --allow-sys"],
    [
      ["-A", "--deny-ffi"],
      "--no-prompt --allow-read --allow-write --allow-net --allow-env --allow-sys --allow-run",
    ],
    [
      ["-A", "--deny-net"],
      "--no-prompt --allow-read --allow-write --allow-env --allow-sys --allow-run --allow-ffi",
    ],
    [["--allow-run", "--allow-ffi"], "--no-prompt --allow-run --allow-ffi"],
    [["--allow-write"], "--no-prompt --allow-write"],
  ];
  for (const [given, handedOn] of cases) {
    const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: [
        "run",
        "--quiet",
        "--no-prompt",
        ...given,
        `data:application/typescript,${encodeURIComponent(code)}`,
      ],
      env: { NO_COLOR: "1" },
    }).output();
    const text = new TextDecoder();
    assert.equal(text.decode(stdout).trim(), handedOn, given.join(" ") + text.decode(stderr));
  }
});
