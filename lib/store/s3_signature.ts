/**
 * Signs requests to S3-compatible servers: AWS Signature Version 4, one chunk, header form
 * (https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html).
 *
 * @module
 */
import { createHmac } from "node:crypto";
import { compareStrings } from "../core/canonical_json.ts";
import { sha256 } from "../core/sha256.ts";

/** Who signs, and where. */
export interface S3Keys {
  readonly accessKey: string;
  readonly secretKey: string;
  readonly sessionToken?: string;
  readonly region: string;
}

/** An address with a query, spelt as it is signed. */
export function withQuery(url: URL, query: Readonly<Record<string, string>>): URL {
  const result = new URL(url);
  result.search = queryText(Object.entries(query));
  return result;
}

/** A query in the one spelling that signatures know. */
function queryText(pairs: readonly (readonly [string, string])[]): string {
  return [...pairs].sort(([a], [b]) => compareStrings(a, b))
    .map((pair) => pair.map(encode).join("=")).join("&");
}

function encode(text: string): string {
  return strictly(encodeURIComponent(text));
}

/** Encodes what addresses leave alone, and signatures do not. */
function strictly(encoded: string): string {
  const hex = (character: string) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
  return encoded.replace(/[!'()*]/g, hex);
}

/**
 * The headers that make a request one of the keys' owner.
 *
 * @param payloadDigest SHA-256 of the body, in hex
 */
export function signedHeaders(
  method: string,
  url: URL,
  payloadDigest: string,
  keys: S3Keys,
  now: Date,
): Record<string, string> {
  const time = now.toISOString().replace(/[-:]|\.\d+/g, "");
  const day = time.slice(0, 8);
  const headers: Record<string, string> = {
    "host": url.host,
    "x-amz-content-sha256": payloadDigest,
    "x-amz-date": time,
  };
  if (keys.sessionToken) headers["x-amz-security-token"] = keys.sessionToken;
  const names = Object.keys(headers).sort(compareStrings);
  const request = [
    method,
    strictly(url.pathname),
    queryText([...url.searchParams]),
    ...names.map((name) => `${name}:${headers[name]}`),
    "",
    names.join(";"),
    payloadDigest,
  ].join("\n");
  const scope = `${day}/${keys.region}/s3/aws4_request`;
  const text = ["AWS4-HMAC-SHA256", time, scope, sha256(request)].join("\n");
  const key = [day, keys.region, "s3", "aws4_request"].reduce<string | Uint8Array>(
    (secret, part) => createHmac("sha256", secret).update(part).digest(),
    `AWS4${keys.secretKey}`,
  );
  const signature = createHmac("sha256", key).update(text).digest("hex");
  const { host: _, ...sent } = headers;
  return {
    ...sent,
    authorization: `AWS4-HMAC-SHA256 Credential=${keys.accessKey}/${scope},` +
      `SignedHeaders=${names.join(";")},Signature=${signature}`,
  };
}
