import { createHash } from "node:crypto";
import { createWriteStream } from "node:fs";
import { open } from "node:fs/promises";
import type { IncomingMessage } from "node:http";
import { Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { setTimeout as wait } from "node:timers/promises";

import { createAwsChunkedDecoder } from "./aws-chunked";
import { S3Error } from "./s3-error";
import type { S3Fault } from "./s3-faults";

export type ReceivedBody = { sizeBytes: number; md5: string };

/**
 * Writes a request's body to a file and checks it as S3 does before anything becomes visible: its length, its
 * Content-MD5 and its SHA-256 where they were sent. Throws S3Error 400, or the error of a broken connection.
 */
export async function receiveBody(request: IncomingMessage, path: string, fault: S3Fault): Promise<ReceivedBody> {
  const { headers } = request;
  const contentSha256 = String(headers["x-amz-content-sha256"] ?? "");
  const isChunked = contentSha256.startsWith("STREAMING-");
  const announcedBytes = Number(headers[isChunked ? "x-amz-decoded-content-length" : "content-length"] ?? Number.NaN);
  if (Number.isNaN(announcedBytes)) throw new S3Error(411, "MissingContentLength");

  const md5 = createHash("md5");
  const sha256 = /^[0-9a-f]{64}$/.test(contentSha256) ? createHash("sha256") : undefined;
  let sizeBytes = 0;
  const meter = new Transform({
    async transform(chunk: Buffer, _encoding, done) {
      sizeBytes += chunk.length;
      if (fault.cutAtBytes !== undefined && sizeBytes > fault.cutAtBytes) {
        request.socket.destroy();
        return done(new Error("the connection was cut"));
      }
      if (fault.bytesPerSecond !== undefined) await wait((chunk.length / fault.bytesPerSecond) * 1000);
      md5.update(chunk);
      sha256?.update(chunk);
      done(null, chunk);
    },
  });
  await pipeline([request, ...(isChunked ? [createAwsChunkedDecoder()] : []), meter, createWriteStream(path)]);

  const digest = md5.digest();
  if (sizeBytes !== announcedBytes) throw new S3Error(400, "IncompleteBody");
  if (headers["content-md5"] !== undefined && headers["content-md5"] !== digest.toString("base64")) {
    throw new S3Error(400, "BadDigest", "The Content-MD5 you specified did not match what we received.");
  }
  if (sha256 && sha256.digest("hex") !== contentSha256) throw new S3Error(400, "XAmzContentSHA256Mismatch");

  if (fault.flipByteAt !== undefined) await flipByte(path, fault.flipByteAt);
  return { sizeBytes, md5: digest.toString("hex") };
}

/** Reads a small body (XML) into memory. */
export async function receiveText(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    sizeBytes += chunk.length;
    if (sizeBytes > 4 * 1024 * 1024) throw new S3Error(400, "MalformedXML", "The body is too large.");
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

async function flipByte(path: string, offset: number): Promise<void> {
  const file = await open(path, "r+");
  try {
    const byte = Buffer.alloc(1);
    const { bytesRead } = await file.read(byte, 0, 1, offset);
    if (bytesRead === 1) await file.write(Buffer.from([~(byte[0] ?? 0) & 0xff]), 0, 1, offset);
  } finally {
    await file.close();
  }
}
