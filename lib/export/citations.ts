/**
 * What to cite for corpora and encoders: `data/citations.yaml`.
 *
 * @module
 */
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { Diagnostics } from "../core/diagnostics.ts";
import { readYaml } from "../core/yaml.ts";

const keys = z.record(z.string(), z.array(z.string()));

const citationsSchema = z.strictObject({
  corpora: keys,
  encoders: keys,
  /** Key → BibTeX entry. */
  entries: z.record(z.string(), z.string()),
});

/** Citations by the names of the catalogues. */
export type Citations = z.infer<typeof citationsSchema>;

/**
 * The citations of this repository.
 *
 * @throws {UserError} with what is wrong in the file, and where
 */
export async function standardCitations(): Promise<Citations> {
  const file = fileURLToPath(new URL("../../data/citations.yaml", import.meta.url));
  const document = await readYaml(file, "data/citations.yaml");
  const { data, error } = citationsSchema.safeParse(document.value);
  if (data) return data;
  const diagnostics = new Diagnostics(document);
  diagnostics.addIssues(error.issues, [], citationsSchema);
  throw diagnostics.error();
}

/** What somebody used, by the names of the catalogues. */
export interface Used {
  readonly corpora: readonly string[];
  readonly encoders: readonly string[];
}

/** The BibTeX of what was used, each entry once, sorted by key; other names have none. */
export function bibliography({ corpora, encoders, entries }: Citations, used: Used): string {
  const own = (of: Readonly<Record<string, string[]>>, name: string) =>
    Object.hasOwn(of, name) ? of[name] : [];
  const cited = new Set([
    ...used.corpora.flatMap((name) => own(corpora, name)),
    ...used.encoders.flatMap((name) => own(encoders, name)),
  ]);
  return [...cited].sort().map((key) => entries[key].trimEnd() + "\n").join("\n");
}
