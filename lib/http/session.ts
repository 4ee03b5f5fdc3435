import "server-only";
import { headers } from "next/headers";
import { redirect } from "next/navigation";
import { cache } from "react";
import { AppError } from "@/lib/domain/errors";
import { hasRole, type Role, roleLabel } from "@/lib/domain/role";
import { allowedOrigins } from "@/lib/services/allowed-origins";
import { findSession, type Session } from "@/lib/services/find-session";
import { HttpRefusal } from "./http-refusal";
import { pathHeader } from "./path-header";

/**
 * Who calls a route, with at least this role. Fails with unauthenticated, or with forbidden for a role too low and for a
 * write by cookie that another site's page could have sent.
 */
export async function requireSession(request: Request, role: Role): Promise<Session> {
  const session = await findSession(request.headers);
  if (!session) {
    throw new HttpRefusal(401, "unauthenticated", "Sign in, or send an API token that is valid.", {
      action: "Sign in",
      headers: { "www-authenticate": 'Bearer realm="Undercroft"' },
    });
  }
  if (session.via === "sign_in") requireOwnOrigin(request);
  if (!hasRole(session.user.role, role)) {
    throw new AppError("forbidden", `You need the ${roleLabel[role]} role to do this.`);
  }
  return session;
}

/** Who calls a public route, for those that tell more to whoever is known. */
export async function findSessionOf(request: Request): Promise<Session | undefined> {
  return findSession(request.headers);
}

const readingMethods = new Set(["GET", "HEAD", "OPTIONS"]);

/** Browsers send Origin with every write; a write by cookie without it, or from elsewhere, was not made by our pages. */
export function requireOwnOrigin(request: Request): void {
  if (readingMethods.has(request.method)) return;
  const origin = request.headers.get("origin");
  if (origin !== null && allowedOrigins().includes(origin)) return;
  throw new AppError("forbidden", "This request came from another site and was not carried out.");
}

/** Who looks at a page, if anybody is signed in. Asked once per rendering, however many ask. */
export const findPageSession = cache(async (): Promise<Session | undefined> => {
  return findSession(new Headers({ cookie: (await headers()).get("cookie") ?? "" }));
});

/** Who looks at a page; whoever is not signed in is sent to do so, and comes back here. */
export async function requirePageSession(): Promise<Session> {
  const session = await findPageSession();
  if (session) return session;
  const path = (await headers()).get(pathHeader) ?? "/";
  redirect(path === "/" ? "/login" : `/login?next=${encodeURIComponent(path)}`);
}
