import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import { takeApiFaults } from "../faults";
import { answerCall } from "./answer-call";
import { ApiError } from "./api-error";
import type { Answer } from "./handler";

export type ApiSettings = {
  certificate: string;
  key: string;
  fingerprint: string;
  secret: string;
  /** What the server waits before it says 401; the real one 3 seconds. */
  unauthorizedDelayMs: number;
};

const longestBodyBytes = 512 * 1024;

/** Serves the cluster's API over HTTPS on loopback. Port 0 takes a free one. */
export async function startApi(
  directory: string,
  port: number,
  settings: ApiSettings,
): Promise<{ port: number; stop: () => Promise<void> }> {
  const server = createServer({ cert: settings.certificate, key: settings.key }, (request, response) => {
    serve(directory, settings, request, response).catch((error: unknown) => {
      console.error(error);
      if (!response.headersSent) sendError(response, new ApiError(500, "internal error of the lab\n"), "json");
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", resolve);
  });
  return { port: (server.address() as AddressInfo).port, stop: () => closeServer(server) };
}

function closeServer(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(() => resolve()));
}

async function serve(
  directory: string,
  settings: ApiSettings,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const url = new URL(request.url ?? "/", "https://lab");
  const format = /^\/api2\/([a-z]+)(?:\/|$)/.exec(url.pathname)?.[1];
  try {
    const faults = await takeApiFaults(directory);
    for (const fault of faults) {
      if (fault.kind === "apiDown") {
        request.socket.destroy();
        return;
      }
      if (fault.kind === "slowApi") await sleep(fault.delayMs);
      if (fault.kind === "api500") throw new ApiError(500, "cluster not ready - no quorum?\n");
    }
    const method = request.method ?? "GET";
    if (!["GET", "POST", "PUT", "DELETE"].includes(method)) {
      throw new ApiError(501, `method '${method}' not available`, { body: "empty" });
    }
    const path = decodeURIComponent(url.pathname.replace(/^\/api2\/[a-z]+/, "")).replace(/(?!^)\/$/, "");
    if (format === undefined) throw new ApiError(500, `no such file '${url.pathname}'`, { body: "plain" });
    if (format !== "json" && format !== "extjs") {
      throw new ApiError(501, `no formatter for uri ${path}, ${format}`, { body: "plain" });
    }
    const body = await readBody(request, method);
    const call = { method, path, body, headers: request.headers, query: url.search };
    const answer = await answerCall(directory, settings, call, faults);
    sendAnswer(request, response, answer, format);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    if (error.status === 401) await sleep(settings.unauthorizedDelayMs);
    sendError(response, error, format === "extjs" ? "extjs" : "json");
  }
}

async function readBody(request: IncomingMessage, method: string): Promise<string> {
  const pieces: Buffer[] = [];
  let sizeBytes = 0;
  for await (const piece of request as AsyncIterable<Buffer>) {
    sizeBytes += piece.length;
    if (sizeBytes > longestBodyBytes) throw new ApiError(501, "for data too large", { body: "plain" });
    pieces.push(piece);
  }
  if (sizeBytes > 0 && method !== "POST" && method !== "PUT") {
    throw new ApiError(501, `Unexpected content for method '${method}'`, { body: "plain" });
  }
  if (request.headers["transfer-encoding"] === "chunked") {
    throw new ApiError(501, "chunked transfer encoding not supported", { body: "plain" });
  }
  return Buffer.concat(pieces).toString("utf8");
}

function sendAnswer(
  request: IncomingMessage,
  response: ServerResponse,
  answer: Answer,
  format: "json" | "extjs",
): void {
  if ("text" in answer) {
    const headers = {
      "Content-Type": "text/plain",
      "Content-Disposition": `attachment; filename="${answer.fileName}"`,
    };
    send(request, response, 200, "OK", headers, answer.text);
    return;
  }
  const total = answer.total ? { total: answer.total } : {};
  const envelope = { data: answer.data ?? null, ...total, ...(format === "extjs" ? { success: 1 } : {}) };
  send(request, response, 200, "OK", { "Content-Type": jsonType }, JSON.stringify(envelope));
}

const jsonType = "application/json;charset=UTF-8";

function sendError(response: ServerResponse, error: ApiError, format: "json" | "extjs"): void {
  const reason = statusPhrase(error.message);
  const close = { Connection: "close" };
  const envelope = { data: null, message: error.message, ...(error.errors ? { errors: error.errors } : {}) };
  if (format === "extjs" && error.body === "json") {
    const body = JSON.stringify({ ...envelope, status: error.status, success: 0 });
    send(undefined, response, 200, "OK", { ...close, "Content-Type": jsonType }, body);
  } else if (error.body === "json") {
    send(undefined, response, error.status, reason, { ...close, "Content-Type": jsonType }, JSON.stringify(envelope));
  } else send(undefined, response, error.status, reason, close, error.body === "plain" ? error.message : "");
}

/** Only the first line of a message fits the status line, and only what HTTP allows there. */
function statusPhrase(message: string): string {
  return (message.split("\n")[0] ?? "").replace(/[^\t\x20-\x7e]/g, "?");
}

function send(
  request: IncomingMessage | undefined,
  response: ServerResponse,
  status: number,
  reason: string,
  headers: Record<string, string>,
  body: string,
): void {
  const isPacked = /\bgzip\b/.test(String(request?.headers["accept-encoding"] ?? "")) && body.length > 1024;
  const bytes = isPacked ? gzipSync(body) : Buffer.from(body, "utf8");
  const now = new Date().toUTCString();
  response.writeHead(status, reason, {
    ...{ "Cache-Control": "max-age=0", Pragma: "no-cache", Server: "pve-api-daemon/3.0", Date: now, Expires: now },
    ...(isPacked ? { "Content-Encoding": "gzip" } : {}),
    ...headers,
    "Content-Length": bytes.length,
  });
  response.end(bytes);
}
