import { setTimeout as sleep } from "node:timers/promises";
import type { ApiRequestable } from "proxmox-api";
import { type Agent, fetch } from "undici";
import { AppError } from "@/lib/domain/errors";
import { jsonOrUndefined, refusalOf } from "./refusal";

export type PveConnection = {
  /** "https://pve1.example:8006" */
  url: string;
  /** "user@realm!name" */
  tokenId: string;
  tokenSecret: string;
  /** SHA-256 of the certificate; without it the system's authorities decide. */
  fingerprint?: string | undefined;
};

export type CallOptions = {
  signal?: AbortSignal | undefined;
  /** Of the whole call: connecting, body and repeats included. */
  timeoutMs?: number | undefined;
};

const defaultTimeoutMs = 30_000;
/** Waits before a GET is asked again; each is stretched by up to its own length, so that clients do not knock in step. */
const repeatDelaysMs = [200, 800];
const maxBodyBytes = 64 * 1024 * 1024;

type Params = Record<string, unknown>;

/**
 * The engine below proxmox-api's typed proxy. Only GET is ever asked twice: a POST whose answer was lost may have been
 * carried out. Fails with cluster_unreachable, cluster_refused (a ClusterRefusal) or canceled.
 */
export function createEngine(connection: PveConnection, agent: Agent, options: CallOptions = {}): ApiRequestable {
  return {
    async doRequest(method, path, _template, params = {}) {
      const deadline = AbortSignal.timeout(options.timeoutMs ?? defaultTimeoutMs);
      const signal = options.signal ? AbortSignal.any([options.signal, deadline]) : deadline;
      const delaysMs = method.toUpperCase() === "GET" ? [...repeatDelaysMs] : [];
      for (;;) {
        try {
          return await request(connection, agent, { method: method.toUpperCase(), path, params, signal });
        } catch (error) {
          const failure = failureOf(error, { connection, caller: options.signal, deadline });
          const delayMs = delaysMs.shift();
          if (delayMs === undefined || !isWorthAsking(failure)) throw failure;
          await sleep(delayMs * (1 + Math.random()), undefined, { signal }).catch(() => {
            throw failure;
          });
        }
      }
    },
  };
}

type Request = { method: string; path: string; params: Params; signal: AbortSignal };

async function request(connection: PveConnection, agent: Agent, { method, path, params, signal }: Request) {
  const url = new URL(path, connection.url);
  const headers: Record<string, string> = {
    accept: "application/json",
    authorization: `PVEAPIToken=${connection.tokenId}=${connection.tokenSecret}`,
  };
  const form = encodeParams(params);
  const hasBody = method === "POST" || method === "PUT";
  // A body on DELETE is answered 501: its parameters belong into the query.
  if (hasBody) headers["content-type"] = "application/x-www-form-urlencoded";
  else url.search = form.toString();

  const response = await fetch(url, {
    method,
    headers,
    signal,
    dispatcher: agent,
    redirect: "error",
    ...(hasBody ? { body: form.toString() } : {}),
  });
  const body = await readBounded(response.body);
  if (response.status >= 400) {
    const { status, statusText } = response;
    throw refusalOf({ status, statusText, body, tokenId: connection.tokenId, host: url.host });
  }
  const answer = jsonOrUndefined(body);
  if (typeof answer !== "object" || answer === null || !("data" in answer)) {
    throw new AppError("cluster_unreachable", `${url.host} did not answer like a Proxmox VE node.`, {
      action: "Check the address",
    });
  }
  return answer.data;
}

/** Proxmox takes 1 and 0 for booleans and a repeated key for a list; what is undefined is not sent. */
function encodeParams(params: Params): URLSearchParams {
  const form = new URLSearchParams();
  for (const [key, value] of Object.entries(params)) {
    if (value === undefined || value === null) continue;
    for (const item of Array.isArray(value) ? value : [value]) {
      form.append(key, typeof item === "boolean" ? String(Number(item)) : String(item));
    }
  }
  return form;
}

async function readBounded(body: AsyncIterable<Uint8Array> | null): Promise<string> {
  const chunks: Uint8Array[] = [];
  let sizeBytes = 0;
  for await (const chunk of body ?? []) {
    sizeBytes += chunk.byteLength;
    if (sizeBytes > maxBodyBytes) throw new AppError("cluster_unreachable", "The answer of the node has no end.");
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

type Circumstances = { connection: PveConnection; caller: AbortSignal | undefined; deadline: AbortSignal };

function failureOf(error: unknown, { connection, caller, deadline }: Circumstances): AppError {
  if (caller?.aborted) return new AppError("canceled", "The call to Proxmox was canceled.", { cause: error });
  const known = findAppError(error);
  if (known) return known;
  const { host } = new URL(connection.url);
  if (deadline.aborted) {
    return new AppError("cluster_unreachable", `${host} did not answer in time.`, { cause: error });
  }
  return new AppError("cluster_unreachable", `${host} could not be reached: ${rootCause(error)}`, { cause: error });
}

/** undici wraps what the connector says as the cause of its own "fetch failed". */
function findAppError(error: unknown): AppError | undefined {
  if (error instanceof AppError) return error;
  return error instanceof Error && error.cause !== undefined ? findAppError(error.cause) : undefined;
}

function rootCause(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.cause !== undefined) return rootCause(error.cause);
  return "code" in error && error.message === "" ? String(error.code) : error.message;
}

/** A network that failed may be back in a moment. A certificate that is not the trusted one stays the wrong one. */
function isWorthAsking(failure: AppError): boolean {
  return failure.code === "cluster_unreachable" && failure.action === undefined;
}
