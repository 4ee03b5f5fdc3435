import type { ServerResponse } from "node:http";

import type { PendingUpload } from "./object-store";
import type { S3Error } from "./s3-error";

export function answerXml(response: ServerResponse, xml: string, status = 200): void {
  const body = Buffer.from(`<?xml version="1.0" encoding="UTF-8"?>\n${xml}`);
  response.writeHead(status, { "content-type": "application/xml", "content-length": body.length });
  response.end(response.req.method === "HEAD" ? undefined : body);
}

export function answerEmpty(response: ServerResponse, status: number, headers: Record<string, string> = {}): void {
  response.writeHead(status, status === 204 ? headers : { ...headers, "content-length": 0 });
  response.end();
}

export function answerError(response: ServerResponse, { status, code, message }: S3Error): void {
  answerXml(response, `<Error><Code>${escapeXml(code)}</Code><Message>${escapeXml(message)}</Message></Error>`, status);
}

export function escapeXml(text: string): string {
  return text.replace(/[<>&"'\p{Cc}]/gu, (char) => `&#${char.codePointAt(0)};`);
}

/** The text of all elements of one name, entities resolved. The bodies that clients send are flat enough for it. */
export function xmlTexts(xml: string, element: string): string[] {
  return [...xml.matchAll(new RegExp(`<${element}>([^<]*)</${element}>`, "g"))].map(([, text = ""]) => resolve(text));
}

const entities: Record<string, string> = { lt: "<", gt: ">", amp: "&", quot: '"', apos: "'" };

function resolve(text: string): string {
  return text.replace(/&(?:#x([0-9a-f]+)|#(\d+)|(\w+));/gi, (whole, hex, decimal, name) => {
    if (name !== undefined) return entities[name] ?? whole;
    return String.fromCodePoint(hex === undefined ? Number(decimal) : Number.parseInt(hex, 16));
  });
}

export function uploadsXml(bucket: string, prefix: string, uploads: readonly PendingUpload[]): string {
  const rows = uploads.map(
    ({ id, key, startedAt }) =>
      `<Upload><Key>${escapeXml(key)}</Key><UploadId>${id}</UploadId><Initiated>${startedAt}</Initiated>` +
      "<StorageClass>STANDARD</StorageClass></Upload>",
  );
  return (
    `<ListMultipartUploadsResult><Bucket>${escapeXml(bucket)}</Bucket><Prefix>${escapeXml(prefix)}</Prefix>` +
    `<IsTruncated>false</IsTruncated>${rows.join("")}</ListMultipartUploadsResult>`
  );
}
