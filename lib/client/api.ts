import type { z } from "zod";
import type { Problem } from "@/lib/contracts/problem";
import { syncServerClock } from "./server-clock";

/** A refusal or a failure of the server, or its silence, in the words it gave. */
export class ProblemError extends Error {
  override readonly name = "ProblemError";
  readonly problem: Problem;

  constructor(problem: Problem, options?: ErrorOptions) {
    super(problem.cause, options);
    this.problem = problem;
  }

  /** Reasons per input field, for forms. */
  get fields(): Record<string, string> {
    return this.problem.fields ?? {};
  }
}

type Method = "POST" | "PATCH" | "DELETE";

/**
 * Where the contract of an answer comes from: it is loaded while the answer is on its way, so that neither it nor zod is
 * part of a page's first load.
 */
type Contract<Schema extends z.ZodType> = () => Promise<Schema>;

/** The parsed answer of a GET. Rejects with ProblemError, or with the signal's own AbortError. */
export async function getJson<Schema extends z.ZodType>(
  path: string,
  contract: Contract<Schema>,
  signal?: AbortSignal,
): Promise<z.infer<Schema>> {
  return readAnswer(ask(path, { method: "GET" }, signal), contract);
}

/** The parsed answer of a write. Rejects with ProblemError. */
export async function sendJson<Schema extends z.ZodType>(
  method: Method,
  path: string,
  body: unknown,
  contract: Contract<Schema>,
): Promise<z.infer<Schema>> {
  const init = { method, headers: { "content-type": "application/json" }, body: JSON.stringify(body ?? {}) };
  return readAnswer(ask(path, init), contract);
}

/** A write whose answer carries nothing that is shown. */
export async function send(method: Method, path: string, body?: unknown): Promise<void> {
  const json = { headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
  await ask(path, { method, ...(body !== undefined && json) });
}

/** The open body of the event stream. */
export async function openStream(path: string, lastEventId: string | null, signal: AbortSignal): Promise<Response> {
  const headers: Record<string, string> = { accept: "text/event-stream" };
  if (lastEventId) headers["last-event-id"] = lastEventId;
  return ask(path, { method: "GET", headers, cache: "no-store" }, signal);
}

async function ask(path: string, init: RequestInit, signal?: AbortSignal): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(path, { credentials: "same-origin", ...init, ...(signal && { signal }) });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new ProblemError(silence(), { cause: error });
  }
  if (response.ok) return response;
  const problem = await readProblem(response);
  if (problem.code === "unauthenticated") sessionEnded.dispatchEvent(new Event("end"));
  throw new ProblemError(problem);
}

/** Says "end" once a call was refused because nobody is signed in any more. */
export const sessionEnded = new EventTarget();

async function readAnswer<Schema extends z.ZodType>(
  asked: Promise<Response>,
  contract: Contract<Schema>,
): Promise<z.infer<Schema>> {
  const [response, schema] = await Promise.all([asked, contract().catch(outdated)]);
  const parsed = schema.safeParse(await response.json());
  if (!parsed.success) return outdated(parsed.error);
  const serverTime = (parsed.data as { serverTime?: unknown } | null)?.serverTime;
  if (typeof serverTime === "string") syncServerClock(serverTime);
  return parsed.data;
}

async function readProblem(response: Response): Promise<Problem> {
  const text = await response.text();
  try {
    const { problemSchema } = await import("@/lib/contracts/problem");
    return problemSchema.parse(JSON.parse(text));
  } catch {
    // A proxy's own error page is no problem document; its status is all it says.
    return {
      type: "about:blank",
      title: response.statusText,
      status: response.status,
      detail: "",
      code: response.status === 401 ? "unauthenticated" : "internal",
      cause: `The server answered ${response.status} ${response.statusText}`.trimEnd().concat("."),
      safe: "Backups keep running even when this page does not.",
    };
  }
}

const silence = (): Problem => ({
  type: "about:blank",
  title: "No answer",
  status: 0,
  detail: "",
  code: "unavailable",
  cause: "The server did not answer.",
  safe: "Backups keep running even when this page does not.",
});

/** A part of this page that is gone from the server, or an answer it cannot read: the server was updated meanwhile. */
function outdated(cause: unknown): never {
  throw new ProblemError(
    {
      type: "about:blank",
      title: "Unexpected answer",
      status: 0,
      detail: "",
      code: "internal",
      cause: "This page is of another version than the server.",
      safe: "Nothing was changed by reading.",
      action: "Reload the page",
    },
    { cause },
  );
}
