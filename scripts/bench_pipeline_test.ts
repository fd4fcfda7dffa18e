import { strict as assert } from "node:assert";
import { readOptions, shownCommand } from "./bench_pipeline.ts";

Deno.test("options of the pipeline bench: --install also names the tools' folder", () => {
  const options = readOptions(["--install", "/tools", "--rounds", "3", "--skip-cold"]);
  assert.ok(options !== "help");
  assert.deepEqual(options, {
    tools: "/tools",
    install: true,
    rounds: 3,
    largest: 100_000,
    cold: false,
    write: false,
  });
  const named = readOptions(["--tools", "/tools"]);
  assert.ok(named !== "help");
  assert.deepEqual([named.tools, named.install], ["/tools", false]);
  assert.throws(
    () => readOptions(["--largest", "10"]),
    /Cannot use --largest 10: it must be a whole number from 1000$/,
  );
});

Deno.test("a document shows the pipeline bench's command without this machine's paths", () => {
  assert.equal(
    shownCommand(["--tools", "/home/x/tools", "--write", "--install=/y"]),
    "deno task bench:pipeline --tools FOLDER --write --install=FOLDER",
  );
});
