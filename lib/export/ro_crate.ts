/**
 * The metadata of an export as RO-Crate 1.1 has it (https://w3id.org/ro/crate/1.1): what the files
 * are, and the run that made them.
 *
 * @module
 */
import type { ExportedFile } from "./export_folder.ts";

/** What RO-Crate calls the file. */
export const crateName = "ro-crate-metadata.json";

/** What an export is about. */
export interface CrateFacts {
  readonly name: string;
  readonly description: string;
  /** When the last result was made, ISO 8601. */
  readonly madeAt: string;
  /** When the first was begun. */
  readonly begunAt: string;
  /** The pipeline file, by its path in the export. */
  readonly pipelineFile: string;
  /** Versions of what computed, such as onnxruntime. */
  readonly versions: readonly (readonly [name: string, value: string])[];
  readonly corpora: readonly {
    readonly name: string;
    readonly title: string;
    readonly licence: string;
  }[];
  /** Paths → what the file is. */
  about(path: string): string;
}

const formats: Readonly<Record<string, string>> = {
  bib: "application/x-bibtex",
  json: "application/json",
  lock: "application/json",
  md: "text/markdown",
  onnx: "application/octet-stream",
  parquet: "application/vnd.apache.parquet",
  pdf: "application/pdf",
  safetensors: "application/octet-stream",
  tex: "application/x-tex",
  yaml: "application/yaml",
};

/** The text of ro-crate-metadata.json for these files. */
export function roCrate(facts: CrateFacts, files: readonly ExportedFile[]): string {
  const id = (path: string) => path.split("/").map(encodeURIComponent).join("/");
  const reference = (path: string) => ({ "@id": path });
  const corpora = facts.corpora.map(({ name, title, licence }) => ({
    "@id": `#corpus-${encodeURIComponent(name)}`,
    "@type": "Dataset",
    name: title,
    identifier: name,
    license: licence,
  }));
  const versions = facts.versions.map(([name, value]) => ({
    "@id": `#${encodeURIComponent(name)}`,
    "@type": "SoftwareApplication",
    name,
    version: value,
  }));
  const graph = [
    {
      "@id": crateName,
      "@type": "CreativeWork",
      conformsTo: reference("https://w3id.org/ro/crate/1.1"),
      about: reference("./"),
    },
    {
      "@id": "./",
      "@type": "Dataset",
      name: facts.name,
      description: facts.description,
      datePublished: facts.madeAt,
      license:
        "Not said: whoever publishes the results says it. The corpora have licences of their own.",
      hasPart: files.map(({ path }) => reference(id(path))),
      mentions: [reference("#run"), ...corpora.map((each) => reference(each["@id"]))],
    },
    {
      "@id": "#run",
      "@type": "CreateAction",
      name: `The run of ${facts.name}`,
      startTime: facts.begunAt,
      endTime: facts.madeAt,
      instrument: [reference("#crosstie"), ...versions.map((each) => reference(each["@id"]))],
      object: [reference(id(facts.pipelineFile)), ...corpora.map((each) => reference(each["@id"]))],
      result: reference("./"),
    },
    { "@id": "#crosstie", "@type": "SoftwareApplication", name: "crosstie" },
    ...versions,
    ...corpora,
    ...files.map(({ path, sha256, sizeBytes }) => ({
      "@id": id(path),
      "@type": "File",
      name: path,
      description: facts.about(path),
      encodingFormat: formats[path.split(".").at(-1)!] ?? "application/octet-stream",
      contentSize: String(sizeBytes),
      sha256,
    })),
  ];
  const context = "https://w3id.org/ro/crate/1.1/context";
  return JSON.stringify({ "@context": context, "@graph": graph }, null, 2) + "\n";
}
