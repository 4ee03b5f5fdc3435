import type { z } from "zod";
import type { Operation } from "@/lib/contracts/operations";
import { log } from "@/lib/log";
import type { Session } from "@/lib/services/find-session";
import { HttpRefusal } from "./http-refusal";
import { parseInput, parseParams, queryOf } from "./parse-input";
import { problemResponse, toRefusal } from "./problem";
import { readJsonBody } from "./read-body";
import { findSessionOf, requireSession } from "./session";

type Parsed<Schema> = Schema extends z.ZodType ? z.output<Schema> : undefined;
type Field<O extends Operation, Name extends keyof Operation> =
  O extends Record<Name, infer Schema> ? Schema : undefined;

type Call<O extends Operation> = {
  params: Parsed<Field<O, "params">>;
  query: Parsed<Field<O, "query">>;
  body: Parsed<Field<O, "body">>;
  session: O["role"] extends "public" ? Session | undefined : Session;
  request: Request;
  now: Date;
};

type Answer<O extends Operation> = Field<O, "answer"> extends z.ZodType ? z.input<Field<O, "answer">> : unknown;

type Handle<O extends Operation> = (call: Call<O>) => Promise<Answer<O> | Response>;
type Context = { params: Promise<Record<string, string | string[] | undefined>> };
type RouteHandler = (request: Request, context: Context) => Promise<Response>;

export type Method = Operation["method"] | "PUT";
const methods = ["GET", "POST", "PUT", "PATCH", "DELETE"] as const satisfies readonly Method[];

/**
 * Binds an operation to what answers it. Session and role, params, query, body, work, answer: every call goes through
 * these doors in this order and fails in one shape. One event per call goes to the log.
 */
export function answer<const O extends Operation>(operation: O, handle: Handle<O>): RouteHandler {
  return async (request, context) => {
    const startedAt = performance.now();
    const event: Record<string, unknown> = { method: operation.method, route: operation.path };
    try {
      const session = await sessionFor(operation, request);
      event.caller = session?.user.name;
      const call = {
        params: operation.params && parseParams(operation.params, await context.params),
        query: operation.query && parseInput(operation.query, queryOf(request.url)),
        body: operation.body && parseInput(operation.body, await readJsonBody(request)),
        session,
        request,
        now: new Date(),
      } as Call<O>;
      const response = toResponse(operation, await handle(call));
      event.status = response.status;
      return response;
    } catch (error) {
      const refusal = toRefusal(error);
      event.status = refusal.problem.status;
      event.code = refusal.problem.code;
      event.errorId = refusal.problem.errorId;
      if (refusal.problem.status >= 500) event.err = error;
      return problemResponse(refusal);
    } finally {
      event.durationMs = Math.round(performance.now() - startedAt);
      log()[Number(event.status) >= 500 ? "error" : "info"](event, "request");
    }
  };
}

async function sessionFor(operation: Operation, request: Request): Promise<Session | undefined> {
  return operation.role === "public" ? findSessionOf(request) : requireSession(request, operation.role);
}

function toResponse(operation: Operation, result: unknown): Response {
  if (result instanceof Response) return result;
  if (!operation.answer) return new Response(null, { status: operation.status ?? 204 });
  return Response.json(operation.answer.parse(result), {
    status: operation.status ?? 200,
    headers: { "cache-control": "no-store" },
  });
}

/** The handlers of one path; a method it does not have is answered 405 with those it has. */
export function defineRoute(handlers: Partial<Record<Method, RouteHandler>>): Record<Method, RouteHandler> {
  const allow = methods.filter((method) => handlers[method]).join(", ");
  const refuse: RouteHandler = async (request) =>
    problemResponse(
      toRefusal(
        new HttpRefusal(405, "not_possible", `${request.method} is not possible here, only ${allow}.`, {
          headers: { allow },
        }),
      ),
    );
  return { GET: refuse, POST: refuse, PUT: refuse, PATCH: refuse, DELETE: refuse, ...handlers };
}
