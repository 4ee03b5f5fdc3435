import { signInBodySchema } from "@/lib/contracts/session";
import { AppError } from "@/lib/domain/errors";
import { log } from "@/lib/log";
import { signIn, signOut } from "@/lib/services/sign-in";
import { RateLimited } from "@/lib/services/sign-in-limit";
import { HttpRefusal } from "./http-refusal";
import { parseInput } from "./parse-input";
import { problemResponse, toRefusal } from "./problem";
import { readJsonBody } from "./read-body";
import { requireOwnOrigin } from "./session";

/**
 * Sign-in and sign-out, at better-auth's own paths and in its cookies. Its other calls are not offered: they would be
 * doors without our locks.
 */
export async function handleAuth(request: Request): Promise<Response> {
  const { pathname } = new URL(request.url);
  const event: Record<string, unknown> = { method: request.method, route: pathname };
  try {
    const cookies = await cookiesFrom(pathname, request);
    event.status = 200;
    const response = Response.json(
      { isSignedIn: pathname !== "/api/auth/sign-out" },
      { headers: { "cache-control": "no-store" } },
    );
    for (const cookie of cookies) response.headers.append("set-cookie", cookie);
    return response;
  } catch (error) {
    const refusal = toRefusal(error);
    event.status = refusal.problem.status;
    event.code = refusal.problem.code;
    if (refusal.problem.status >= 500) event.err = error;
    if (error instanceof RateLimited) refusal.headers["retry-after"] = String(error.waitSeconds);
    return problemResponse(refusal);
  } finally {
    log()[Number(event.status) >= 500 ? "error" : "info"](event, "request");
  }
}

async function cookiesFrom(pathname: string, request: Request): Promise<string[]> {
  switch (pathname) {
    case "/api/auth/sign-in/username": {
      requirePost(request);
      refuseForeignOrigin(request);
      const { username, password } = parseInput(signInBodySchema, await readJsonBody(request));
      return signIn({ username, password, headers: request.headers, now: new Date() });
    }
    case "/api/auth/sign-out":
      requirePost(request);
      requireOwnOrigin(request);
      return signOut(request.headers);
    default:
      throw new AppError("not_found", "There is nothing at this address.");
  }
}

function requirePost(request: Request): void {
  if (request.method === "POST") return;
  throw new HttpRefusal(405, "not_possible", "Only POST is possible here.", { headers: { allow: "POST" } });
}

/** Programs send no Origin, and may sign in; another site's page may not sign its visitor in here. */
function refuseForeignOrigin(request: Request): void {
  if (request.headers.has("origin")) requireOwnOrigin(request);
}
