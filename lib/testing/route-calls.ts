import { createHash, randomBytes, randomUUID } from "node:crypto";
import { hashPassword } from "better-auth/crypto";
import { db } from "@/lib/db/client";
import type { Role } from "@/lib/domain/role";

type Route = (request: Request, context: { params: Promise<Record<string, string>> }) => Promise<Response>;

type RouteCall = {
  method: string;
  /** With its query: "/api/v1/runs?limit=1". */
  path: string;
  params?: Record<string, string> | undefined;
  headers?: Record<string, string> | undefined;
  /** A text is sent as it is, anything else as JSON. */
  body?: unknown;
};

export type RouteAnswer = {
  status: number;
  contentType: string;
  headers: Record<string, string>;
  text: string;
  json: unknown;
};

/** Calls a route handler as Next would, and reads its answer to the end. */
export async function callRoute(
  route: Route,
  { method, path, params = {}, headers, body }: RouteCall,
): Promise<RouteAnswer> {
  const request = new Request(new URL(path, "http://undercroft.test"), {
    method,
    headers: { ...(body === undefined ? {} : { "content-type": "application/json" }), ...headers },
    ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
  });
  const response = await route(request, { params: Promise.resolve(params) });
  const text = await response.text();
  return {
    status: response.status,
    contentType: response.headers.get("content-type") ?? "",
    headers: Object.fromEntries(response.headers),
    text,
    json: response.headers.get("content-type")?.includes("json") && text.startsWith("{") ? JSON.parse(text) : undefined,
  };
}

/** Makes an API token of this role. */
export async function givenToken(role: Role): Promise<string> {
  const token = `uc_${randomBytes(24).toString("base64url")}`;
  const tokenHash = createHash("sha256").update(token).digest("hex");
  await db().apiToken.create({ data: { name: `${role} token`, role, tokenHash } });
  return token;
}

export const testPassword = "correct horse battery";

/** Makes a user of this role who can sign in by its name and `testPassword`. */
export async function givenUser(role: Role, username: string = role): Promise<void> {
  const id = randomUUID();
  await db().user.create({
    data: {
      id,
      name: username,
      username: username.toLowerCase(),
      displayUsername: username,
      email: `${id}@users.invalid`,
      role,
      accounts: { create: { id, accountId: id, providerId: "credential", password: await hashPassword(testPassword) } },
    },
  });
}
