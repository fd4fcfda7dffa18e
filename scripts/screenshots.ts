/**
 * Takes the pictures of docs/img, from the sample's results as they are here and from published ones:
 *
 * ```sh
 * deno task pipeline                       # the sample, once
 * deno run --frozen -A scripts/screenshots.ts [NAME…]
 * ```
 *
 * @module
 */
import { join } from "node:path";
import { projectFolder } from "../cli/folders.ts";
import { reportOf } from "../cli/report.ts";
import { UserError } from "../lib/core/errors.ts";
import { Browser, chromium, type Look } from "../tests/browser.ts";
import { endWithProblems } from "./problems.ts";

/** A picture: a part of a page. */
interface Picture {
  readonly file: string;
  /** Of published results, or of those of a run here. */
  readonly published: boolean;
  /** What is shown. */
  readonly selector: string;
  readonly look?: Look;
}

/** The pictures, by the names of their files. */
export const pictures: Readonly<Record<string, Picture>> = {
  report_transfer: { file: "pipeline.yaml", published: false, selector: "#transfer" },
  report_errors: {
    file: "pipeline.yaml",
    published: false,
    selector: "#errors",
    look: { scheme: "dark" },
  },
  report_claims: { file: "experiments/sentiment.yaml", published: true, selector: "#claims" },
};

/** Writes pictures into a folder, and returns their paths. */
export async function takePictures(folder: string, names: readonly string[]): Promise<string[]> {
  const unknown = names.find((name) => !Object.hasOwn(pictures, name));
  if (unknown !== undefined) {
    throw new UserError({
      message: `Cannot take the picture "${unknown}"`,
      hint: `there are ${Object.keys(pictures).join(", ")}`,
    });
  }
  if ("missing" in chromium) {
    throw new UserError(`Cannot take pictures without a browser: ${chromium.missing}`);
  }
  await using browser = await Browser.start(chromium.path);
  const pages = await Deno.makeTempDir(), written: string[] = [];
  try {
    for (const name of names) {
      const { file, published, selector, look } = pictures[name];
      const { page } = await reportOf({
        file: [join(projectFolder, file)],
        set: [],
        device: "cpu",
        ...published && { published },
      });
      const path = join(pages, `${name}.html`);
      await Deno.writeTextFile(path, page);
      await browser.open(`file://${path}`, { width: 1000, ...look });
      const picture = join(folder, `${name}.png`);
      await Deno.writeFile(picture, await browser.screenshot(selector));
      written.push(picture);
    }
  } finally {
    await Deno.remove(pages, { recursive: true });
  }
  return written;
}

if (import.meta.main) {
  const names = Deno.args.length > 0 ? Deno.args : Object.keys(pictures);
  const folder = join(projectFolder, "docs/img");
  await endWithProblems(async () => console.log((await takePictures(folder, names)).join("\n")));
}
