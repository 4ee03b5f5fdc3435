import { randomUUID } from "node:crypto";
import type { Problem } from "@/lib/contracts/problem";
import { AppError, type ErrorCode } from "@/lib/domain/errors";
import { HttpRefusal } from "./http-refusal";
import { isStoreAway } from "./is-store-away";

const looks = {
  invalid_input: { status: 422, title: "The input is not valid" },
  not_found: { status: 404, title: "Not found" },
  conflict: { status: 409, title: "Conflict" },
  unauthenticated: { status: 401, title: "Not signed in" },
  forbidden: { status: 403, title: "Not allowed" },
  rate_limited: { status: 429, title: "Too many attempts" },
  not_possible: { status: 409, title: "Not possible now" },
  tool_failed: { status: 502, title: "A program failed" },
  cluster_unreachable: { status: 503, title: "Proxmox does not answer" },
  cluster_refused: { status: 502, title: "Proxmox refused" },
  remote_unreachable: { status: 503, title: "A destination does not answer" },
  remote_auth_failed: { status: 502, title: "A destination refused the sign-in" },
  remote_full: { status: 507, title: "A destination is full" },
  copy_corrupt: { status: 409, title: "A copy is corrupt" },
  archive_unreadable: { status: 409, title: "An archive cannot be read" },
  guest_locked: { status: 409, title: "A guest is locked" },
  guest_gone: { status: 409, title: "A guest is gone" },
  guest_not_restarted: { status: 502, title: "A guest did not start again" },
  dump_incomplete: { status: 502, title: "A dump is incomplete" },
  dump_directory_unusable: { status: 503, title: "A dump directory cannot be used" },
  dump_directory_full: { status: 507, title: "A dump directory is full" },
  worker_lost: { status: 503, title: "A worker does not answer" },
  canceled: { status: 409, title: "Canceled" },
  unavailable: { status: 503, title: "Not available" },
} as const satisfies Record<ErrorCode, { status: number; title: string }>;

export type Refusal = { problem: Problem; headers: Record<string, string> };

/**
 * What a caller may know of an error (RFC 9457). What nobody expected becomes "internal" with an id that is in the log
 * too, and none of its own words: they may hold anything.
 */
export function toRefusal(error: unknown): Refusal {
  if (!(error instanceof AppError)) return unexpected(error);
  const { title } = looks[error.code];
  const status = error instanceof HttpRefusal ? error.status : looks[error.code].status;
  const problem: Problem = {
    type: `urn:undercroft:problem:${error.code}`,
    title,
    status,
    detail: error.message,
    code: error.code,
    cause: error.message,
    ...(error.safe === undefined ? {} : { safe: error.safe }),
    ...(error.action === undefined ? {} : { action: error.action }),
    ...(error.fields === undefined ? {} : { fields: error.fields }),
    ...(status >= 500 ? { errorId: randomUUID() } : {}),
  };
  return { problem, headers: error instanceof HttpRefusal ? error.headers : {} };
}

function unexpected(error: unknown): Refusal {
  const isAway = isStoreAway(error);
  const cause = isAway ? "The database does not answer." : "Something in the server failed that nobody expected.";
  return {
    headers: isAway ? { "retry-after": "5" } : {},
    problem: {
      type: `urn:undercroft:problem:${isAway ? "unavailable" : "internal"}`,
      title: isAway ? looks.unavailable.title : "Internal error",
      status: isAway ? 503 : 500,
      detail: cause,
      code: isAway ? "unavailable" : "internal",
      cause,
      safe: "Backups keep running even when this page does not.",
      action: "Try again",
      errorId: randomUUID(),
    },
  };
}

export function problemResponse({ problem, headers }: Refusal): Response {
  return Response.json(problem, {
    status: problem.status,
    headers: { "content-type": "application/problem+json", "cache-control": "no-store", ...headers },
  });
}
