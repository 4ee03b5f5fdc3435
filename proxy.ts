import { randomBytes } from "node:crypto";
import { type NextRequest, NextResponse } from "next/server";
import { refuseMalformedPath } from "@/lib/http/malformed-path";
import { pathHeader } from "@/lib/http/path-header";
import { securityHeaders } from "@/lib/http/security-headers";

/** Before every page and call: the headers that keep a browser from doing what our pages never ask of it. */
export function proxy(request: NextRequest): Response {
  const nonce = randomBytes(16).toString("base64");
  const headers = securityHeaders(nonce);
  const forwarded = new Headers(request.headers);
  forwarded.set(pathHeader, `${request.nextUrl.pathname}${request.nextUrl.search}`);
  // Next takes the nonce for its own scripts from here.
  forwarded.set("content-security-policy", headers["content-security-policy"]);
  forwarded.set("x-nonce", nonce);
  const response =
    refuseMalformedPath(request.nextUrl.pathname) ?? NextResponse.next({ request: { headers: forwarded } });
  for (const [name, value] of Object.entries(headers)) response.headers.set(name, value);
  return response;
}

export const config = { matcher: "/((?!_next/static|_next/image|icon.svg).*)" };
