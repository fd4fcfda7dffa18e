import { strict as assert } from "node:assert";
import { download } from "./http_download.ts";
import { follow, RedirectError } from "./http_follow.ts";

/** Two servers of different origins; what each was told by whom. */
async function withTwo(
  redirect: (other: string) => string,
  use: (first: string, heard: string[]) => Promise<void>,
): Promise<void> {
  const heard: string[] = [];
  const listen = (name: string, answer: (url: URL) => Response) =>
    Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, (request) => {
      const { headers } = request;
      const secrets = ["authorization", "x-amz-security-token"].flatMap((header) =>
        headers.has(header) ? [`${header}: ${headers.get(header)}`] : []
      );
      heard.push([name, ...secrets].join(" "));
      return answer(new URL(request.url));
    });
  await using other = listen("other", () => new Response("file"));
  await using first = listen("first", ({ pathname }) => {
    const to = pathname === "/from"
      ? redirect(`http://127.0.0.1:${other.addr.port}/to`)
      : undefined;
    return to
      ? new Response(null, { status: 307, headers: { location: to } })
      : new Response("own");
  });
  await use(`127.0.0.1:${first.addr.port}/from`, heard);
}

Deno.test("a password of an address goes to its own origin alone", async () => {
  const file = await Deno.open(await Deno.makeTempFile(), { read: true, write: true });
  const basic = `authorization: Basic ${btoa("ann:secret")}`;
  await withTwo((other) => other, async (first, heard) => {
    await download(new URL(`http://ann:secret@${first}`), file);
    assert.deepEqual(heard, [`first ${basic}`, "other"]);
  });
  await withTwo(() => "/to", async (first, heard) => {
    await download(new URL(`http://ann:secret@${first}`), file);
    assert.deepEqual(heard, [`first ${basic}`, `first ${basic}`]);
  });
  await withTwo((other) => other.replace("//", "//eve:trick@"), async (first, heard) => {
    await download(new URL(`http://${first}`), file);
    assert.deepEqual(heard, ["first", "other"]);
  });
  file.close();
});

Deno.test("headers are asked for anew at each address", async () => {
  await withTwo((other) => other, async (first, heard) => {
    const headersOf = ({ pathname }: URL): Record<string, string> =>
      pathname === "/from" ? { "x-amz-security-token": "secret" } : {};
    const response = await follow(new URL(`http://${first}`), { headersOf });
    assert.equal(await response.text(), "file");
    assert.deepEqual(heard, ["first x-amz-security-token: secret", "other"]);
  });
});

Deno.test("a redirect to what is not http is refused, and its query is not shown", async () => {
  await withTwo(() => "ftp://ann:secret@host/a?token=secret", async (first) => {
    await assert.rejects(follow(new URL(`http://${first}`), { headersOf: () => ({}) }), (error) => {
      assert.ok(error instanceof RedirectError);
      assert.equal(error.message, "it redirects to ftp://host/a, which is not http or https");
      return true;
    });
  });
});
