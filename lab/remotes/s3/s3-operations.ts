import { createHash } from "node:crypto";
import { createWriteStream } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";

import { listObjectsXml } from "./list-objects";
import type { Bucket, StoredObject, UploadPart } from "./object-store";
import { receiveBody, receiveText } from "./receive-body";
import { answerEmpty, answerXml, escapeXml, uploadsXml, xmlTexts } from "./s3-answers";
import { noSuchKey, S3Error } from "./s3-error";
import type { S3Fault } from "./s3-faults";

export type Exchange = {
  request: IncomingMessage;
  response: ServerResponse;
  bucketName: string;
  bucket: Bucket;
  key: string;
  query: URLSearchParams;
  fault: S3Fault;
};

export function listBucket({ response, bucketName, bucket, query }: Exchange): void {
  const prefix = query.get("prefix") ?? "";
  const uploads = bucket.uploads().filter(({ key }) => key.startsWith(prefix));
  const xml = query.has("uploads")
    ? uploadsXml(bucketName, prefix, uploads)
    : listObjectsXml(bucketName, bucket, query);
  answerXml(response, xml);
}

export async function removeMany({ request, response, bucket }: Exchange): Promise<void> {
  const keys = xmlTexts(await receiveText(request), "Key");
  for (const key of keys) bucket.remove(key);
  const rows = keys.map((key) => `<Deleted><Key>${escapeXml(key)}</Key></Deleted>`);
  answerXml(response, `<DeleteResult>${rows.join("")}</DeleteResult>`);
}

export function removeObject({ response, bucket, key, query }: Exchange): void {
  const uploadId = query.get("uploadId");
  if (uploadId === null) bucket.remove(key);
  else bucket.abortUpload(pendingUpload(bucket, uploadId, key));
  answerEmpty(response, 204);
}

/** HEAD and GET, whole or one range. */
export async function sendObject({ request, response, bucket, key, fault }: Exchange): Promise<void> {
  const object = bucket.find(key);
  if (!object) throw noSuchKey();
  const range = parseRange(request.headers.range, object.sizeBytes);
  const { start, end } = range ?? { start: 0, end: object.sizeBytes - 1 };

  response.writeHead(range ? 206 : 200, {
    ...object.headers,
    etag: `"${object.etag}"`,
    "last-modified": new Date(object.modifiedAt).toUTCString(),
    "accept-ranges": "bytes",
    "content-length": end - start + 1,
    ...(range ? { "content-range": `bytes ${start}-${end}/${object.sizeBytes}` } : {}),
  });
  if (request.method === "HEAD") {
    response.end();
    return;
  }
  await pipeline(Readable.from(cutAfter(bucket.read(object, start, end), fault.cutAtBytes)), response);
}

async function* cutAfter(chunks: AsyncIterable<Buffer>, cutAtBytes = Number.POSITIVE_INFINITY): AsyncGenerator<Buffer> {
  let sentBytes = 0;
  for await (const chunk of chunks) {
    sentBytes += chunk.length;
    if (sentBytes > cutAtBytes) throw new Error("the connection was cut");
    yield chunk;
  }
}

export function parseRange(header: string | undefined, sizeBytes: number): { start: number; end: number } | undefined {
  const match = /^bytes=(\d*)-(\d*)$/.exec(header ?? "");
  if (!match) return undefined;
  const [, first = "", last = ""] = match;
  const start = first === "" ? Math.max(0, sizeBytes - Number(last)) : Number(first);
  const end = first === "" || last === "" ? sizeBytes - 1 : Math.min(Number(last), sizeBytes - 1);
  if (start > end) throw new S3Error(416, "InvalidRange", "The requested range is not satisfiable.");
  return { start, end };
}

/** The object is seen under its key only when all of it arrived and its digest was right. */
export async function putObject({ request, response, bucket, key, fault }: Exchange): Promise<void> {
  const id = bucket.newSegmentId();
  try {
    const { sizeBytes, md5 } = await receiveBody(request, bucket.segmentPath({ id }), fault);
    bucket.put(newObject({ key, segments: [{ id, sizeBytes }], sizeBytes, etag: md5 }, keptHeaders(request)));
    answerEmpty(response, 200, { etag: `"${md5}"` });
  } catch (error) {
    bucket.dropSegments([{ id }]);
    throw error;
  }
}

/** CopyObject. A copy gets an MD5 of its whole as its ETag, also when its source was uploaded in parts. */
export async function copyObject({ request, response, bucket, bucketName, key }: Exchange): Promise<void> {
  const source = copySource(request, bucketName, bucket);
  const { id, sizeBytes, md5 } = await copySegment(bucket, source);
  const headers = request.headers["x-amz-metadata-directive"] === "REPLACE" ? keptHeaders(request) : source.headers;
  const object = newObject({ key, segments: [{ id, sizeBytes }], sizeBytes, etag: md5 }, headers);
  bucket.put(object);
  answerXml(response, copyXml("CopyObjectResult", object));
}

export function startUpload({ request, response, bucket, bucketName, key }: Exchange): void {
  const { id } = bucket.startUpload(key, keptHeaders(request));
  answerXml(
    response,
    `<InitiateMultipartUploadResult><Bucket>${escapeXml(bucketName)}</Bucket><Key>${escapeXml(key)}</Key>` +
      `<UploadId>${id}</UploadId></InitiateMultipartUploadResult>`,
  );
}

/** UploadPart and, with a copy source, UploadPartCopy. */
export async function putPart(exchange: Exchange): Promise<void> {
  const { request, response, bucket, bucketName, key, query, fault } = exchange;
  const upload = pendingUpload(bucket, query.get("uploadId") ?? "", key);
  const number = Number(query.get("partNumber"));
  if (!Number.isInteger(number) || number < 1 || number > 10_000) throw new S3Error(400, "InvalidArgument");

  if (request.headers["x-amz-copy-source"] !== undefined) {
    const source = copySource(request, bucketName, bucket);
    const part = await copySegment(
      bucket,
      source,
      parseRange(String(request.headers["x-amz-copy-source-range"] ?? ""), source.sizeBytes),
    );
    bucket.addPart(upload, number, part);
    return answerXml(response, copyXml("CopyPartResult", { etag: part.md5, modifiedAt: new Date().toISOString() }));
  }

  const id = bucket.newSegmentId();
  try {
    const part = { id, ...(await receiveBody(request, bucket.segmentPath({ id }), fault)) };
    // The upload may have been given up while this part was on its way.
    bucket.addPart(pendingUpload(bucket, upload.id, key), number, part);
    answerEmpty(response, 200, { etag: `"${part.md5}"` });
  } catch (error) {
    bucket.dropSegments([{ id }]);
    throw error;
  }
}

/** The ETag of an object in parts: the MD5 of the parts' MD5s, a dash, and their number. */
export async function completeUpload({ request, response, bucket, bucketName, key, query }: Exchange): Promise<void> {
  const upload = pendingUpload(bucket, query.get("uploadId") ?? "", key);
  const xml = await receiveText(request);
  const etags = xmlTexts(xml, "ETag").map((etag) => etag.replaceAll('"', ""));
  const numbers = xmlTexts(xml, "PartNumber").map(Number);
  const parts = numbers.map((number, at): UploadPart => {
    const part = upload.parts[number];
    if (!part || part.md5 !== etags[at]) throw new S3Error(400, "InvalidPart");
    return part;
  });
  if (parts.length === 0) throw new S3Error(400, "MalformedXML");
  if (numbers.some((number, at) => at > 0 && number <= (numbers[at - 1] ?? 0)))
    throw new S3Error(400, "InvalidPartOrder");

  const digests = Buffer.concat(parts.map(({ md5 }) => Buffer.from(md5, "hex")));
  const etag = `${createHash("md5").update(digests).digest("hex")}-${parts.length}`;
  bucket.completeUpload(upload, parts, etag);
  answerXml(
    response,
    `<CompleteMultipartUploadResult><Bucket>${escapeXml(bucketName)}</Bucket><Key>${escapeXml(key)}</Key>` +
      `<ETag>&quot;${etag}&quot;</ETag></CompleteMultipartUploadResult>`,
  );
}

function pendingUpload(bucket: Bucket, id: string, key: string) {
  const upload = bucket.findUpload(id);
  if (upload?.key !== key) throw new S3Error(404, "NoSuchUpload", "The specified upload does not exist.");
  return upload;
}

function newObject(
  object: Pick<StoredObject, "key" | "segments" | "sizeBytes" | "etag">,
  headers: Record<string, string>,
): StoredObject {
  return { ...object, modifiedAt: new Date().toISOString(), headers };
}

function keptHeaders(request: IncomingMessage): Record<string, string> {
  const kept = Object.entries(request.headers).filter(
    ([name]) => name === "content-type" || name.startsWith("x-amz-meta-"),
  );
  return Object.fromEntries(kept.map(([name, value]) => [name, String(value)]));
}

function copySource(request: IncomingMessage, bucketName: string, bucket: Bucket): StoredObject {
  const path = decodeURIComponent(String(request.headers["x-amz-copy-source"])).replace(/^\//, "");
  const object = path.startsWith(`${bucketName}/`) ? bucket.find(path.slice(bucketName.length + 1)) : undefined;
  if (!object) throw noSuchKey();
  return object;
}

async function copySegment(
  bucket: Bucket,
  source: StoredObject,
  range?: { start: number; end: number },
): Promise<UploadPart> {
  const id = bucket.newSegmentId();
  const md5 = createHash("md5");
  let sizeBytes = 0;
  await pipeline(
    bucket.read(source, range?.start, range?.end),
    async function* (chunks: AsyncIterable<Buffer>) {
      for await (const chunk of chunks) {
        md5.update(chunk);
        sizeBytes += chunk.length;
        yield chunk;
      }
    },
    createWriteStream(bucket.segmentPath({ id })),
  );
  return { id, sizeBytes, md5: md5.digest("hex") };
}

function copyXml(element: string, { etag, modifiedAt }: Pick<StoredObject, "etag" | "modifiedAt">): string {
  return `<${element}><ETag>&quot;${etag}&quot;</ETag><LastModified>${modifiedAt}</LastModified></${element}>`;
}
