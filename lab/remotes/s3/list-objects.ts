import type { Bucket } from "./object-store";
import { escapeXml } from "./s3-answers";
import { S3Error } from "./s3-error";

/** One page of ListObjects, version 1 (marker) or 2 (continuation token), with common prefixes and url encoding. */
export function listObjectsXml(name: string, bucket: Bucket, query: URLSearchParams): string {
  const isV2 = query.get("list-type") === "2";
  const prefix = query.get("prefix") ?? "";
  const delimiter = query.get("delimiter") ?? "";
  const maxKeys = Math.min(Number(query.get("max-keys") ?? 1000), 1000);
  if (!Number.isInteger(maxKeys) || maxKeys < 0) throw new S3Error(400, "InvalidArgument", "max-keys");
  const encode = query.get("encoding-type") === "url" ? encodeKey : escapeXml;

  const page = listPage(bucket.keys(), { prefix, delimiter, maxKeys, after: startOf(query, isV2) });

  const contents = page.keys.map((key) => {
    const object = bucket.find(key);
    if (!object) return "";
    return (
      `<Contents><Key>${encode(key)}</Key><LastModified>${object.modifiedAt}</LastModified>` +
      `<ETag>&quot;${object.etag}&quot;</ETag><Size>${object.sizeBytes}</Size>` +
      "<StorageClass>STANDARD</StorageClass></Contents>"
    );
  });
  const prefixes = page.prefixes.map((text) => `<CommonPrefixes><Prefix>${encode(text)}</Prefix></CommonPrefixes>`);
  return [
    `<ListBucketResult><Name>${escapeXml(name)}</Name><Prefix>${encode(prefix)}</Prefix><MaxKeys>${maxKeys}</MaxKeys>`,
    `<KeyCount>${page.keys.length + page.prefixes.length}</KeyCount>`,
    `<IsTruncated>${page.next !== undefined}</IsTruncated>`,
    page.next === undefined ? "" : nextXml(page.next, isV2, encode),
    ...contents,
    ...prefixes,
    "</ListBucketResult>",
  ].join("");
}

type ListRequest = { prefix: string; delimiter: string; maxKeys: number; after: string };

/** Which keys and common prefixes a page holds, and, when there are more, the last of them. `keys` are sorted. */
export function listPage(
  keys: readonly string[],
  { prefix, delimiter, maxKeys, after }: ListRequest,
): { keys: string[]; prefixes: string[]; next: string | undefined } {
  const page = { keys: [] as string[], prefixes: [] as string[] };
  let last: string | undefined;
  for (const key of keys) {
    if (!key.startsWith(prefix)) continue;
    const cut = delimiter === "" ? -1 : key.indexOf(delimiter, prefix.length);
    const entry = cut === -1 ? key : key.slice(0, cut + delimiter.length);
    if (Buffer.compare(Buffer.from(entry), Buffer.from(after)) <= 0 || entry === last) continue;
    if (page.keys.length + page.prefixes.length >= maxKeys) return { ...page, next: last ?? after };
    (cut === -1 ? page.keys : page.prefixes).push(entry);
    last = entry;
  }
  return { ...page, next: undefined };
}

function startOf(query: URLSearchParams, isV2: boolean): string {
  if (!isV2) return query.get("marker") ?? "";
  const token = query.get("continuation-token");
  return token === null ? (query.get("start-after") ?? "") : Buffer.from(token, "base64url").toString("utf8");
}

function nextXml(next: string, isV2: boolean, encode: (text: string) => string): string {
  if (!isV2) return `<NextMarker>${encode(next)}</NextMarker>`;
  return `<NextContinuationToken>${Buffer.from(next).toString("base64url")}</NextContinuationToken>`;
}

function encodeKey(key: string): string {
  return encodeURIComponent(key).replaceAll("%2F", "/");
}
