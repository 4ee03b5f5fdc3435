import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import type { IncomingMessage } from "node:http";

import { S3Error } from "./s3-error";

export type S3Credentials = { accessKeyId: string; secretAccessKey: string };

type Signed = {
  credential: string;
  signedHeaders: string[];
  signature: string;
  signedAt: string;
  expiresAfterSeconds?: number;
};

const algorithm = "AWS4-HMAC-SHA256";

/**
 * Refuses a request that was not signed with these credentials (AWS Signature Version 4, in the Authorization header
 * or, as rclone 1.60 does for single uploads, presigned in the query). Throws S3Error 403.
 */
export function checkSignature(request: IncomingMessage, credentials: S3Credentials): void {
  const [rawPath = "/", rawQuery = ""] = (request.url ?? "/").split("?", 2);
  const query = queryPairs(rawQuery);
  const signed = signedByHeader(request) ?? signedByQuery(new Map(query));
  if (!signed) throw new S3Error(403, "AccessDenied", "The request is not signed.");

  const [accessKeyId, date = "", region = "", service = "", terminator = ""] = signed.credential.split("/");
  if (accessKeyId !== credentials.accessKeyId) {
    throw new S3Error(403, "InvalidAccessKeyId", "The access key id you provided does not exist in our records.");
  }
  if (signed.expiresAfterSeconds !== undefined) checkExpiry(signed.signedAt, signed.expiresAfterSeconds);

  const canonicalRequest = [
    request.method,
    rawPath,
    canonicalQuery(query),
    ...signed.signedHeaders.map((name) => `${name}:${headerValue(request, name)}`),
    "",
    signed.signedHeaders.join(";"),
    request.headers["x-amz-content-sha256"] ?? "UNSIGNED-PAYLOAD",
  ].join("\n");
  const scope = [date, region, service, terminator].join("/");
  const stringToSign = [algorithm, signed.signedAt, scope, sha256(canonicalRequest)].join("\n");
  const key = [date, region, service, terminator].reduce<string | Buffer>(
    (secret, part) => hmac(secret, part),
    `AWS4${credentials.secretAccessKey}`,
  );

  if (!isEqual(hmac(key, stringToSign).toString("hex"), signed.signature)) {
    throw new S3Error(403, "SignatureDoesNotMatch", "The request signature does not match the one calculated.");
  }
}

function signedByHeader(request: IncomingMessage): Signed | undefined {
  const match =
    /^AWS4-HMAC-SHA256 Credential=(?<credential>[^,\s]+),\s*SignedHeaders=(?<headers>[^,\s]+),\s*Signature=(?<signature>\w+)$/.exec(
      request.headers.authorization ?? "",
    )?.groups;
  if (!match?.credential || !match.headers || !match.signature) return undefined;
  return {
    credential: match.credential,
    signedHeaders: match.headers.split(";"),
    signature: match.signature,
    signedAt: String(request.headers["x-amz-date"] ?? ""),
  };
}

function signedByQuery(query: ReadonlyMap<string, string>): Signed | undefined {
  if (query.get("X-Amz-Algorithm") !== algorithm) return undefined;
  return {
    credential: query.get("X-Amz-Credential") ?? "",
    signedHeaders: (query.get("X-Amz-SignedHeaders") ?? "").split(";"),
    signature: query.get("X-Amz-Signature") ?? "",
    signedAt: query.get("X-Amz-Date") ?? "",
    expiresAfterSeconds: Number(query.get("X-Amz-Expires")),
  };
}

function checkExpiry(signedAt: string, expiresAfterSeconds: number): void {
  const iso = signedAt.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, "$1-$2-$3T$4:$5:$6Z");
  const expiresAtMs = Date.parse(iso) + expiresAfterSeconds * 1000;
  if (!(Date.now() <= expiresAtMs)) throw new S3Error(403, "AccessDenied", "Request has expired");
}

function queryPairs(rawQuery: string): [string, string][] {
  if (rawQuery === "") return [];
  return rawQuery.split("&").map((pair) => {
    const at = pair.indexOf("=");
    const [name, value] = at === -1 ? [pair, ""] : [pair.slice(0, at), pair.slice(at + 1)];
    return [decode(name), decode(value)];
  });
}

function canonicalQuery(pairs: readonly [string, string][]): string {
  return pairs
    .filter(([name]) => name !== "X-Amz-Signature")
    .map(([name, value]) => `${encode(name)}=${encode(value)}`)
    .toSorted()
    .join("&");
}

function decode(text: string): string {
  return decodeURIComponent(text.replaceAll("+", " "));
}

/** RFC 3986: encodeURIComponent leaves five characters that Signature Version 4 encodes. */
function encode(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
}

function headerValue(request: IncomingMessage, name: string): string {
  const value = request.headers[name] ?? "";
  return String(value).trim().replace(/ +/g, " ");
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac("sha256", key).update(text).digest();
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

function isEqual(a: string, b: string): boolean {
  return a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b));
}
