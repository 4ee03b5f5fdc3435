import { mkdirSync, readdirSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { join } from "node:path";

import { openBucket } from "./object-store";
import { answerEmpty, answerError, answerXml, escapeXml } from "./s3-answers";
import { S3Error } from "./s3-error";
import { createFaultTable, type S3Fault, type S3Operation } from "./s3-faults";
import {
  completeUpload,
  copyObject,
  type Exchange,
  listBucket,
  putObject,
  putPart,
  removeMany,
  removeObject,
  sendObject,
  startUpload,
} from "./s3-operations";
import { checkSignature, type S3Credentials } from "./signature";

export type S3Server = {
  setFaults: (faults: readonly S3Fault[]) => void;
  /** One that listens already goes on as it is. */
  listen: (port: number) => Promise<void>;
  close: () => Promise<void>;
};

/**
 * An S3 server on loopback with S3's own way to commit: an object is seen only after a whole, digest-checked upload.
 * Path-style addresses, Signature Version 4, multipart, ranges, copies, paged listings. State lies in `directory`.
 * Written for the lab, because the servers at hand show half-written uploads, which real S3 never does.
 */
export function createS3Server(directory: string, credentials: S3Credentials): S3Server {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const buckets = new Map(readdirSync(directory).map((name) => [name, openBucket(join(directory, name))]));
  const faults = createFaultTable();

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { bucketName, key, query } = parseAddress(request);
    const operation = operationOf(request, key, query);
    const fault = faults.take(operation, key);
    if (fault.hang) return;
    checkSignature(request, credentials);
    if (fault.status !== undefined) throw new S3Error(fault.status, fault.code ?? "InternalError");

    if (bucketName === "") return answerXml(response, bucketsXml([...buckets.keys()]));
    if (key === "" && request.method === "PUT") return createBucket(response, bucketName);
    const bucket = buckets.get(bucketName);
    if (!bucket) throw new S3Error(404, "NoSuchBucket", "The specified bucket does not exist.");
    const exchange = { request, response, bucketName, bucket, key, query, fault };
    await (key === "" ? serveBucket(exchange) : serveObject(exchange));
  }

  function createBucket(response: ServerResponse, name: string): void {
    if (!/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(name)) throw new S3Error(400, "InvalidBucketName");
    if (!buckets.has(name)) buckets.set(name, openBucket(join(directory, name)));
    answerEmpty(response, 200);
  }

  let server: Server | undefined;
  return {
    setFaults: faults.set,
    listen: (port) =>
      new Promise((resolve, reject) => {
        if (server) return resolve();
        const listening = createServer((request, response) => void serve(handle, request, response));
        listening.requestTimeout = 0;
        listening.once("error", reject);
        listening.listen(port, "127.0.0.1", () => {
          server = listening;
          resolve();
        });
      }),
    close: () =>
      new Promise((resolve) => {
        if (!server) return resolve();
        server.close(() => resolve());
        server.closeAllConnections();
        server = undefined;
      }),
  };
}

async function serve(
  handle: (request: IncomingMessage, response: ServerResponse) => Promise<void>,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  try {
    await handle(request, response);
  } catch (error) {
    // A body that was read to its end leaves a destroyed stream behind too, but a caller who waits for the answer.
    const isCallerGone = request.destroyed && !request.complete;
    if (response.headersSent || isCallerGone) response.destroy();
    else answerError(response, error instanceof S3Error ? error : new S3Error(500, "InternalError", String(error)));
  }
}

function serveBucket(exchange: Exchange): Promise<void> | void {
  const { request, response, query } = exchange;
  if (request.method === "HEAD") return answerEmpty(response, 200);
  if (request.method === "GET") return listBucket(exchange);
  if (request.method === "POST" && query.has("delete")) return removeMany(exchange);
  throw new S3Error(405, "MethodNotAllowed");
}

function serveObject(exchange: Exchange): Promise<void> | void {
  const { request, query } = exchange;
  switch (request.method) {
    case "HEAD":
    case "GET":
      return sendObject(exchange);
    case "PUT":
      if (query.has("uploadId")) return putPart(exchange);
      return request.headers["x-amz-copy-source"] === undefined ? putObject(exchange) : copyObject(exchange);
    case "POST":
      if (query.has("uploads")) return startUpload(exchange);
      if (query.has("uploadId")) return completeUpload(exchange);
      throw new S3Error(405, "MethodNotAllowed");
    case "DELETE":
      return removeObject(exchange);
    default:
      throw new S3Error(405, "MethodNotAllowed");
  }
}

function operationOf(request: IncomingMessage, key: string, query: URLSearchParams): S3Operation {
  const { method, headers } = request;
  if (key === "") return method === "GET" ? "list" : "other";
  if (method === "GET") return "get";
  if (method === "HEAD") return "head";
  if (method === "DELETE") return "delete";
  if (method === "POST") return query.has("uploadId") ? "complete" : "other";
  if (query.has("uploadId")) return "part";
  return headers["x-amz-copy-source"] === undefined ? "put" : "copy";
}

function parseAddress(request: IncomingMessage): { bucketName: string; key: string; query: URLSearchParams } {
  const [rawPath = "/", rawQuery = ""] = (request.url ?? "/").split("?", 2);
  const [, bucketName = "", ...rest] = rawPath.split("/");
  try {
    return {
      bucketName: decodeURIComponent(bucketName),
      key: decodeURIComponent(rest.join("/")),
      query: new URLSearchParams(rawQuery),
    };
  } catch {
    throw new S3Error(400, "InvalidURI", "Could not parse the specified URI.");
  }
}

function bucketsXml(names: readonly string[]): string {
  const rows = names.map((name) => `<Bucket><Name>${escapeXml(name)}</Name></Bucket>`);
  return `<ListAllMyBucketsResult><Buckets>${rows.join("")}</Buckets></ListAllMyBucketsResult>`;
}
