import { findApiToken, touchApiToken } from "@/lib/db/api-tokens";
import { type Role, roleSchema } from "@/lib/domain/role";
import { auth } from "./auth";
import { hashToken } from "./hash-token";

export type Session = {
  user: { name: string; role: Role };
  via: "sign_in" | "token";
  expiresAt: Date | null;
};

/** Who a request is from: its bearer token decides where there is one, else its session cookie. */
export async function findSession(headers: Headers, now = new Date()): Promise<Session | undefined> {
  const authorization = headers.get("authorization");
  return authorization === null ? findSignIn(headers) : findToken(authorization, now);
}

async function findToken(authorization: string, now: Date): Promise<Session | undefined> {
  const token = /^Bearer ([\x21-\x7e]{1,512})$/i.exec(authorization)?.[1];
  const row = token === undefined ? null : await findApiToken(hashToken(token), now);
  if (!row) return undefined;
  await touchApiToken(row.id, now);
  return { user: { name: row.name, role: row.role }, via: "token", expiresAt: row.expiresAt };
}

async function findSignIn(headers: Headers): Promise<Session | undefined> {
  if (!headers.has("cookie")) return undefined;
  const found = await auth().api.getSession({ headers });
  if (!found) return undefined;
  const { user, session } = found;
  return {
    user: { name: user.name, role: roleSchema.parse(user.role) },
    via: "sign_in",
    expiresAt: new Date(session.expiresAt),
  };
}
