/**
 * What an answer means for a file whose beginning may be there already: parts are joined only when
 * they are certainly of one version (RFC 9110, section 15.3.7).
 *
 * @module
 */

/** What is known of the bytes that are there. */
export interface KnownPart {
  /** How many there are. */
  readonly offset: number;
  /**
   * What names their version: a strong ETag or date; `any` where the content can only be one, as
   * it is checked afterwards. Without it, nothing can be joined to them.
   */
  readonly validator: string | "any" | undefined;
  /** The size of the whole file, where a server has said so. */
  readonly total: number | undefined;
}

/** What an answer means. */
export type Meaning =
  /** The body is the whole file. */
  | {
    readonly kind: "whole";
    readonly total: number | undefined;
    readonly validator: string | undefined;
    readonly encoding: "gzip" | undefined;
    /** Whether a body that is cut off can be told from a whole one. */
    readonly bounded: boolean;
  }
  /** The body goes on where the bytes end, up to `end`, exclusive. */
  | { readonly kind: "part"; readonly end: number; readonly total: number }
  /** The bytes are the whole file. */
  | { readonly kind: "complete" }
  /** The bytes are of no use, and the body neither. */
  | { readonly kind: "anew"; readonly reason: string }
  /** The body is something else. */
  | { readonly kind: "other" }
  /** The body cannot be used, now or later. */
  | { readonly kind: "unusable"; readonly reason: string };

/** What an answer to a request for the rest of a file, or for all of it, means. */
export function meaningOf(response: Response, known: KnownPart, path: string): Meaning {
  switch (response.status) {
    case 200:
      return meaningOfWhole(response.headers, path);
    case 206:
      return meaningOfPart(response.headers, known);
    case 416:
      return meaningOfNone(response.headers, known);
    default:
      return { kind: "other" };
  }
}

function meaningOfWhole(headers: Headers, path: string): Meaning {
  const chunked = /\bchunked\b/i.test(headers.get("transfer-encoding") ?? "");
  const length = chunked ? null : headers.get("content-length");
  const encoding = encodingOf(headers);
  // Servers that name the compression of a compressed file send it as it is stored.
  const isStoredSo = encoding === "gzip" && /\.(?:gz|tgz)$/i.test(path);
  if (encoding !== undefined && encoding !== "gzip") {
    const reason = `it comes encoded (${encoding}), although asked for as it is stored`;
    return { kind: "unusable", reason };
  }
  if (encoding === undefined || isStoredSo) {
    const total = length === null ? undefined : Number(length);
    const validator = validatorOf(headers);
    const bounded = chunked || total !== undefined;
    return { kind: "whole", total, validator, encoding: undefined, bounded };
  }
  return { kind: "whole", total: undefined, validator: undefined, encoding, bounded: true };
}

function meaningOfPart(headers: Headers, known: KnownPart): Meaning {
  const range = /^bytes (\d+)-(\d+)\/(\d+|\*)$/i.exec(headers.get("content-range") ?? "");
  if (!range) return { kind: "anew", reason: "it answers with parts that cannot be placed" };
  const [start, last] = [Number(range[1]), Number(range[2])];
  const said = range[3] === "*" ? undefined : Number(range[3]);
  const { offset, validator } = known;
  const isOther = said !== undefined && known.total !== undefined && said !== known.total;
  const total = said ?? known.total ?? (validator === "any" ? last + 1 : undefined);
  const isEncoded = encodingOf(headers) !== undefined;
  if (start !== offset || last < start || total !== undefined && last >= total || isEncoded) {
    return { kind: "anew", reason: "it answers with another part than it was asked for" };
  }
  if (offset === 0) {
    // Nobody asked for a part; all of the file is welcome.
    if (said !== last + 1) return { kind: "anew", reason: "it answers with a part of the file" };
    const own = validatorOf(headers);
    return { kind: "whole", total: said, validator: own, encoding: undefined, bounded: true };
  }
  if (isOther || validator !== "any" && !isOfVersion(headers, validator)) {
    return { kind: "anew", reason: "it has another version by now" };
  }
  if (total === undefined) return { kind: "anew", reason: "it does not say how long the file is" };
  return { kind: "part", end: last + 1, total };
}

/** There are no bytes behind those that are here. */
function meaningOfNone(headers: Headers, { offset, validator, total }: KnownPart): Meaning {
  const said = /^bytes \*\/(\d+)$/i.exec(headers.get("content-range") ?? "")?.[1];
  const isWhole = offset > 0 &&
    (total === offset || validator === "any" && Number(said) === offset);
  return isWhole ? { kind: "complete" } : { kind: "anew", reason: "it cannot go on" };
}

/** Whether an answer's validator is the one of the bytes that are there. */
function isOfVersion(headers: Headers, validator: string | undefined): boolean {
  if (validator === undefined) return false;
  return validator.startsWith('"')
    ? headers.get("etag") === validator
    : headers.get("etag") === null && headers.get("last-modified") === validator;
}

/**
 * What names a version surely: a strong ETag, or without any the time of the last change, when it
 * lies a minute or more back (RFC 9110, section 8.8.2.2): two versions may be of one second.
 */
function validatorOf(headers: Headers): string | undefined {
  const etag = headers.get("etag");
  if (etag !== null) return /^"[^"]*"$/.test(etag) ? etag : undefined;
  const modified = headers.get("last-modified");
  if (modified === null) return undefined;
  const ageMs = Date.parse(headers.get("date") ?? "") - Date.parse(modified);
  return ageMs >= 60_000 ? modified : undefined;
}

function encodingOf(headers: Headers): string | undefined {
  const encoding = (headers.get("content-encoding") ?? "").trim().toLowerCase();
  if (encoding === "" || encoding === "identity") return undefined;
  return encoding === "x-gzip" ? "gzip" : encoding;
}
