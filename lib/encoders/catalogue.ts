/**
 * The catalogue of published encoders, `data/encoders.yaml`, and what a pipeline file may name.
 *
 * @module
 */
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { Diagnostics } from "../core/diagnostics.ts";
import { UserError } from "../core/errors.ts";
import { nearest } from "../core/suggest.ts";
import { parseYaml, readYaml, type YamlDocument } from "../core/yaml.ts";
import { type ModelType, modelTypes } from "../models/encoder/config.ts";

/** A model on the hub, at one revision. */
export interface HubModel {
  /** `owner/name`. */
  readonly repository: string;
  /** A commit, tag or branch. */
  readonly revision: string;
  /** SHA-256 of its files, where they are pinned. */
  readonly sha256: Readonly<Record<string, string>>;
}

/** The numbers of a config.json that decide how much memory an encoder takes. */
export interface EncoderShape {
  readonly layers: number;
  readonly width: number;
  readonly heads: number;
  /** Width of the feed-forward part. */
  readonly inner: number;
  /** Pieces of the tokenizer. */
  readonly vocabulary: number;
  /** Rows of the table of positions. */
  readonly positions: number;
}

/** A published encoder that a pipeline file names. */
export interface PublishedEncoder extends HubModel {
  /** What its config.json must say; anything that crosstie has, if left out. */
  readonly family?: ModelType;
  /** Its shape, where it is known before its config.json is there. Nothing but estimates needs it. */
  readonly shape?: EncoderShape;
  /** The model whose tokenizer is taken, where it has none of its own. */
  readonly tokenizer?: HubModel;
}

const text = z.string().trim().min(1);
const repository = z.string().regex(
  /^(?!\.)[\w.-]+(?<!\.)\/(?!\.)[\w.-]+(?<!\.)$/,
  "must be owner/name, as the hub has it",
);
const revision = z.string().regex(
  /^\w[\w.-]*(?<!\.)$/,
  "must be a commit, a tag or a branch without a slash",
);
const fileName = z.string().regex(/^[\w-]+(\.[\w-]+)+$/, "must be the name of a file");
const digest = z.string().regex(/^[0-9a-f]{64}$/, "must be a SHA-256 of 64 lower-case hex digits");

const count = z.int().positive();
const shapeSchema = z.strictObject({
  layers: count,
  width: count,
  heads: count,
  inner: count,
  vocabulary: count,
  positions: count,
});

const entrySchema = z.strictObject({
  title: text.describe("what the encoder is, with its paper"),
  repository,
  revision,
  family: z.enum(modelTypes),
  licence: text,
  millions: z.number().positive().describe("of weights"),
  tokenizer: text.optional().describe("the encoder here whose tokenizer it has"),
  note: text.optional(),
  shape: shapeSchema.optional().describe("what estimates of memory are made of"),
  sha256: z.record(fileName, digest).default({}).describe("digests of its files"),
});

const catalogueSchema = z.strictObject({
  encoders: z.record(
    z.string().regex(/^[a-z0-9][a-z0-9.-]*$/, "must be a name without a slash"),
    entrySchema,
  ),
});

/** Every encoder by its short name. */
export type EncoderCatalogue = ReadonlyMap<string, PublishedEncoder>;

/** Where {@linkcode standardEncoders} are kept, an absolute path. */
export const encodersFile = fileURLToPath(new URL("../../data/encoders.yaml", import.meta.url));

let shared: Promise<EncoderCatalogue> | undefined;

/**
 * The catalogue of this repository, read once per process.
 *
 * @throws {UserError} with every problem of `data/encoders.yaml` and its place
 */
export function standardEncoders(): Promise<EncoderCatalogue> {
  shared ??= readYaml(encodersFile, "data/encoders.yaml").then(checkCatalogue);
  return shared;
}

/**
 * Parses and checks a catalogue.
 *
 * @param file the name that errors show
 * @throws {UserError} with every problem and its place
 */
export function parseEncoders(text: string, file: string): EncoderCatalogue {
  return checkCatalogue(parseYaml(text, file));
}

function checkCatalogue(document: YamlDocument): EncoderCatalogue {
  const diagnostics = new Diagnostics(document);
  const { data, error } = catalogueSchema.safeParse(document.value);
  if (error) diagnostics.addIssues(error.issues, [], catalogueSchema);
  const entries = data?.encoders ?? {};
  const catalogue = new Map<string, PublishedEncoder>();
  for (
    const [name, { repository, revision, sha256, family, shape, tokenizer }] of Object.entries(
      entries,
    )
  ) {
    const other = tokenizer !== undefined && Object.hasOwn(entries, tokenizer)
      ? entries[tokenizer]
      : undefined;
    if (tokenizer !== undefined && (!other || other.tokenizer !== undefined)) {
      diagnostics.add(
        ["encoders", name, "tokenizer"],
        `Cannot take the tokenizer of "${tokenizer}"`,
        { hint: "expected an encoder of this file that has one of its own" },
      );
    }
    catalogue.set(name, {
      repository,
      revision,
      sha256,
      family,
      shape,
      ...other && {
        tokenizer: {
          repository: other.repository,
          revision: other.revision,
          sha256: other.sha256,
        },
      },
    });
  }
  if (diagnostics.failed) throw new UserError(diagnostics.all());
  return catalogue;
}

/**
 * The encoder that a pipeline file names.
 *
 * @param name a name of the catalogue, `owner/name` or `owner/name@revision`; what the catalogue knows
 * of a repository at its revision holds for either way to name it
 * @throws {UserError} when it is neither, with the name that was probably meant
 */
export function findEncoder(catalogue: EncoderCatalogue, name: string): PublishedEncoder {
  const known = catalogue.get(name);
  if (known) return known;
  const at = name.indexOf("@");
  const [path, given] = at < 0 ? [name, "main"] : [name.slice(0, at), name.slice(at + 1)];
  const refuse = (message: string, hint: string) =>
    new UserError({ message, hint, param: ["encoder"] });
  if (!path.includes("/")) {
    const named = catalogue.get(path);
    if (named) {
      throw refuse(
        `Cannot take another revision of "${path}": its own is in data/encoders.yaml`,
        `write ${named.repository}@${given}`,
      );
    }
    const near = nearest(path, [...catalogue.keys()]);
    throw refuse(
      `Cannot find the encoder "${name}" in data/encoders.yaml`,
      `${near === undefined ? "" : `did you mean "${near}"? `}known here: ` +
        `${
          [...catalogue.keys()].join(", ")
        }; any other is named as owner/name or owner/name@revision`,
    );
  }
  if (!repository.safeParse(path).success) {
    throw refuse(
      `Cannot use "${name}" as a model of the hub`,
      "write owner/name or owner/name@revision; a folder is given to a train stage's param encoder",
    );
  }
  if (!revision.safeParse(given).success) {
    throw refuse(
      `Cannot use "${given}" as a revision of ${path}`,
      "give a commit, a tag or a branch without a slash",
    );
  }
  const same = [...catalogue.values()]
    .find((entry) => entry.repository === path && entry.revision === given);
  return same ?? { repository: path, revision: given, sha256: {} };
}
