/** Pipeline files, locks and routers of strangers, several at once: refused with what is wrong. */
import { strict as assert } from "node:assert";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const project = fileURLToPath(new URL("..", import.meta.url));
const evil = "\x1b]0;pwn\x07";
const plain = (name: string) =>
  `name: ${name}
stages:
  corpus: { use: download, with: { corpus: sample, language: eng, limit: { train: 4 } } }
`;

type Prepare = (folder: string) => Promise<unknown> | unknown;
const write = (name: string, text: string): Prepare => (folder) =>
  Deno.writeTextFile(join(folder, name), text);
const special = (name: string, what: "fifo" | "zero" | "loop"): Prepare => (folder) => {
  const path = join(folder, name);
  if (what === "fifo") return new Deno.Command("mkfifo", { args: [path] }).output();
  return Deno.symlink(what === "zero" ? "/dev/zero" : path, path);
};
const status = (...files: string[]) => ["status", ...files.flatMap((file) => ["-f", file])];
const locked = ["verify", "--lock", "-f", "a.yaml"];
const routed = ["predict", "r.yaml", "in.txt", "-f", "a.yaml"];
const lockOf = (profiles: unknown) => JSON.stringify({ lock: 1, profiles });

/** What is there beside a.yaml, which is good; the command; and what is said. */
const cases:
  readonly (readonly [about: string, Prepare, command: readonly string[], why: RegExp])[] = [
    ["a pipe beside it", special("b.yaml", "fifo"), status("a.yaml", "b.yaml"), /b\.yaml/],
    ["a device beside it", special("b.yaml", "zero"), status("a.yaml", "b.yaml"), /b\.yaml/],
    ["a link to itself", special("b.yaml", "loop"), status("a.yaml", "b.yaml"), /b\.yaml/],
    [
      "a folder",
      (folder) => Deno.mkdir(join(folder, "b.yaml")),
      status("a.yaml", "b.yaml"),
      /b\.yaml/,
    ],
    ["itself", () => {}, status("a.yaml", "a.yaml"), /a\.yaml/],
    ["one of its name", write("b.yaml", plain("a")), status("a.yaml", "b.yaml"), /name/],
    [
      "an escape as its name",
      write("b.yaml", plain(String.raw`"\e]0;pwn\a"`)),
      status("a.yaml", "b.yaml"),
      /Cannot/,
    ],
    [
      "a name that leads out",
      write("b.yaml", plain("../../x")),
      status("a.yaml", "b.yaml"),
      /name/,
    ],
    [
      "300 KiB",
      write("b.yaml", `# ${"x".repeat(300_000)}\n${plain("b")}`),
      status("a.yaml", "b.yaml"),
      /b\.yaml/,
    ],
    ["an empty file", write("b.yaml", ""), status("a.yaml", "b.yaml"), /b\.yaml/],
    [
      "a file named by an escape",
      write("b.yaml", plain("b")),
      status("a.yaml", `${evil}.yaml`),
      /␛/,
    ],
    ["a pipe as the lock", special("a.lock", "fifo"), locked, /a\.lock.*pipe or a device/],
    ["a device as the lock", special("a.lock", "zero"), locked, /a\.lock.*pipe or a device/],
    ["a link to itself as the lock", special("a.lock", "loop"), locked, /a\.lock.*circle/],
    ["a list as the lock", write("a.lock", "[]"), locked, /a\.lock/],
    ["another version of it", write("a.lock", '{"lock":999,"profiles":{}}'), locked, /a\.lock/],
    [
      "100,000 nested lists",
      write("a.lock", "[".repeat(1e5)),
      locked,
      /a\.lock: it is not a lock file/,
    ],
    [
      "a fingerprint that leads out",
      write(
        "a.lock",
        lockOf({
          "": { corpus: { fingerprint: "../../x", madeOf: {}, runtime: null, outputs: {} } },
        }),
      ),
      locked,
      /a\.lock|Cannot/,
    ],
    ["17 MB of it", write("a.lock", `"${"x".repeat(17 * 2 ** 20)}"`), locked, /a\.lock/],
    ["half of it", write("a.lock", '{"lock":'), locked, /a\.lock/],
    [
      "a router of itself",
      write("r.yaml", "models: { eng: r.yaml }\nfallback: r.yaml\n"),
      routed,
      /Cannot take the file "r\.yaml" for a model/,
    ],
    [
      "a router by inheritance",
      write("r.yaml", "__proto__: { models: { eng: x } }\n"),
      routed,
      /r\.yaml/,
    ],
    [
      "a router of escapes",
      write("r.yaml", String.raw`models: { "\e]0;pwn\a": "\e]0;pwn\a" }`),
      routed,
      /Cannot/,
    ],
    ["a router of a pipe", special("r.yaml", "fifo"), routed, /Cannot/],
    [
      "a router of a folder above",
      write("r.yaml", "models: { eng: ../../.. }\nfallback: ../../..\n"),
      routed,
      /Cannot take the folder "\.\.\/\.\.\/\.\."/,
    ],
    ["a router of numbers", write("r.yaml", "models: { eng: 1 }\n"), routed, /r\.yaml:1/],
  ];

for (const [about, prepare, command, why] of cases) {
  Deno.test(`${command.slice(0, 2).join(" ")} refuses ${about}`, async () => {
    const folder = await Deno.makeTempDir();
    try {
      await Deno.writeTextFile(join(folder, "a.yaml"), plain("a"));
      await Deno.writeTextFile(join(folder, "in.txt"), "Ann ran.\n");
      await prepare(folder);
      const child = new Deno.Command(Deno.execPath(), {
        args: ["run", "-A", "--quiet", `${project}/main.ts`, ...command],
        cwd: folder,
        env: { CROSSTIE_CACHE: join(folder, "store"), NO_COLOR: "1", INIT_CWD: folder },
        stdin: "null",
        stdout: "piped",
        stderr: "piped",
      }).spawn();
      const { code, stdout, stderr } = await child.output();
      const [out, err] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
      assert.equal(code, 2, `${about}: ${out}${err}`);
      assert.match(err, why, about);
      assert.doesNotMatch(err, /^ {4}at |Uncaught/m, about);
      // deno-lint-ignore no-control-regex
      assert.doesNotMatch(out + err, /[\0-\x08\x0b-\x1f\x7f-\x9f]/, about);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  });
}
