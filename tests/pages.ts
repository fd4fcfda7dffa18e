/**
 * The pages that people read, taken apart for tests: commands, blocks of code, links.
 *
 * @module
 */
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";

/** The folder of the project. */
export const root = fileURLToPath(new URL("..", import.meta.url));

/** A page in Markdown. */
export interface Page {
  /** From the root of the project. */
  readonly path: string;
  readonly text: string;
}

/** Something on a page. */
export interface Found {
  /** `path:line` */
  readonly place: string;
  readonly text: string;
}

/** README, CHANGELOG, CONTRIBUTING, what is said of results, and all of `docs/`. */
export async function readPages(): Promise<Page[]> {
  const paths = ["README.md", "CHANGELOG.md", "CONTRIBUTING.md", "results/README.md"];
  for (const folder of ["docs", "docs/adr", "docs/how_to", "docs/measurements", "docs/studies"]) {
    for await (const { name } of Deno.readDir(join(root, folder))) {
      if (name.endsWith(".md")) paths.push(`${folder}/${name}`);
    }
  }
  return await Promise.all(
    paths.sort().map(async (path) => ({ path, text: await Deno.readTextFile(join(root, path)) })),
  );
}

/** The fenced blocks of a language, each where it begins. */
export function blocks({ path, text }: Page, language: string): Found[] {
  const found: Found[] = [];
  const lines = text.split("\n");
  let start = -1;
  lines.forEach((line, i) => {
    if (start < 0 && line.startsWith("```")) start = i;
    else if (start >= 0 && line.startsWith("```")) {
      if (lines[start] === "```" + language) {
        found.push({ place: `${path}:${start + 2}`, text: lines.slice(start + 1, i).join("\n") });
      }
      start = -1;
    }
  });
  return found;
}

/** The commands of a page's shell blocks, a line each, without comments. */
export function commands(page: Page): Found[] {
  return blocks(page, "sh").flatMap(({ place, text }) => {
    const [path, first] = place.split(":");
    return text.split("\n").map((line, i) => ({
      place: `${path}:${Number(first) + i}`,
      text: line.replace(/(^|\s)#(?=\s).*$/, "").trimEnd(),
    }));
  }).filter(({ text }) => text !== "");
}

/** What a page's code in the running text says, such as `deno task sql`. */
export function inlineCode({ path, text }: Page): Found[] {
  let isBlock = false;
  return text.split("\n").flatMap((line, i) => {
    if (line.startsWith("```")) isBlock = !isBlock;
    if (isBlock) return [];
    return [...line.matchAll(/`([^`]+)`/g)]
      .map(([, code]) => ({ place: `${path}:${i + 1}`, text: code }));
  });
}

/** Where the links of a page lead that stay in the project: a path from its root, and a heading. */
export function links(page: Page): (Found & { readonly heading?: string })[] {
  return page.text.split("\n").flatMap((line, i) =>
    [...line.replace(/`[^`]*`/g, "").matchAll(/\]\(([^)\s]+)\)/g)]
      .map(([, target]) => target)
      .filter((target) => !/^[a-z]+:/.test(target))
      .map((target) => {
        const [path, heading] = target.split("#");
        const from = path === "" ? join(root, page.path) : join(root, dirname(page.path), path);
        return { place: `${page.path}:${i + 1}`, text: relative(root, from), heading };
      })
  );
}

/** The names by which links lead to the headings of a page. */
export function headings({ text }: Page): string[] {
  return [...text.matchAll(/^#+ (.*)$/gm)].map(([, title]) =>
    title.toLowerCase().replace(/[^\p{L}\p{N}_ -]/gu, "").replaceAll(" ", "-")
  );
}
