import { createHmac, timingSafeEqual } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import type { Estate, Grant } from "../state/estate";
import { ApiError } from "./api-error";

/** Who calls: a user, perhaps by a token. */
export type Caller = { userid: string; tokenId: string | undefined; grants: Grant[] };

const ticketLifeSeconds = 7200;

/** Finds out who calls, or throws 401. With a ticket, writing needs the CSRF token too. */
export function authenticate(estate: Estate, secret: string, method: string, headers: IncomingHttpHeaders): Caller {
  const authorization = headers.authorization ?? "";
  const token = /^PVEAPIToken[= ](.+)$/.exec(authorization)?.[1];
  if (token !== undefined) return tokenCaller(estate, decodeURIComponent(token.split(";")[0] ?? ""));
  const cookie = /(?:^|;\s*)PVEAuthCookie=([^;]*)/.exec(headers.cookie ?? "")?.[1];
  const ticket = cookie ?? /^PVEAuthCookie=(.+)$/.exec(authorization)?.[1];
  if (ticket === undefined) throw new ApiError(401, "No ticket", { body: "empty" });
  const caller = ticketCaller(estate, secret, decodeURIComponent(ticket));
  const csrf = headers.csrfpreventiontoken;
  if (method !== "GET" && csrf !== csrfToken(secret, caller.userid, timeOf(String(csrf ?? "")))) {
    throw new ApiError(401, "Permission denied - invalid csrf token", { body: "empty" });
  }
  return caller;
}

function tokenCaller(estate: Estate, text: string): Caller {
  const [, tokenId = "", secret = ""] = /^([^=]+)=(.*)$/.exec(text) ?? [];
  const token = estate.tokens.find((candidate) => candidate.tokenId === tokenId);
  const isExpired = token?.expiresAtSeconds !== undefined && token.expiresAtSeconds * 1000 < Date.now();
  if (!token || isExpired || !isSameText(token.secret, secret))
    throw new ApiError(401, "Authentication failed!", { body: "empty" });
  return { userid: tokenId.split("!")[0] ?? "", tokenId, grants: token.grants };
}

function ticketCaller(estate: Estate, secret: string, ticket: string): Caller {
  const [, userid = "", time = ""] = /^PVE:([^:]+):([0-9A-F]{8})::/.exec(ticket) ?? [];
  const user = estate.users.find((candidate) => candidate.userid === userid);
  const ageSeconds = Date.now() / 1000 - Number.parseInt(time, 16);
  const isGood = user && ageSeconds < ticketLifeSeconds && isSameText(ticket, ticketText(secret, userid, time));
  if (!isGood) throw new ApiError(401, "Authentication failed!", { body: "empty" });
  return { userid, tokenId: undefined, grants: user.grants };
}

/** POST /access/ticket: the ticket, the CSRF token and what the user may do. */
export function signIn(estate: Estate, secret: string, username: string, password: string) {
  const user = estate.users.find((candidate) => candidate.userid === username);
  if (!user || !isSameText(user.password, password)) throw new ApiError(401, "authentication failure\n");
  const time = hexTime(Math.floor(Date.now() / 1000));
  const caller = { userid: username, tokenId: undefined, grants: user.grants };
  return {
    username,
    ticket: ticketText(secret, username, time),
    CSRFPreventionToken: csrfToken(secret, username, time),
    ...(estate.clusterName ? { clustername: estate.clusterName } : {}),
    cap: capabilities(caller),
  };
}

const hexTime = (seconds: number) => seconds.toString(16).toUpperCase().padStart(8, "0");
const timeOf = (csrf: string) => csrf.split(":")[0] ?? "";
const sign = (secret: string, text: string) => createHmac("sha256", secret).update(text).digest("base64");
const ticketText = (secret: string, userid: string, time: string) =>
  `PVE:${userid}:${time}::${sign(secret, `ticket:${userid}:${time}`)}`;
const csrfToken = (secret: string, userid: string, time: string) => `${time}:${sign(secret, `csrf:${userid}:${time}`)}`;

function isSameText(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}

const capabilityPaths = {
  access: { path: "/access", prefix: /^(Group|Permissions|User)\./ },
  dc: { path: "/", prefix: /^SDN\.|^Sys\.(Audit|Modify)$/ },
  mapping: { path: "/mapping", prefix: /^(Mapping|Permissions)\./ },
  nodes: { path: "/nodes", prefix: /^(Sys|Permissions)\./ },
  sdn: { path: "/sdn", prefix: /^(SDN|Permissions)\./ },
  storage: { path: "/storage", prefix: /^(Datastore|Permissions)\./ },
  vms: { path: "/vms", prefix: /^(VM|Permissions)\./ },
};

function capabilities(caller: Caller) {
  const entries = Object.entries(capabilityPaths).map(([name, { path, prefix }]) => {
    const held = privilegesAt(caller, path).filter((privilege) => prefix.test(privilege));
    return [name, Object.fromEntries(held.map((privilege) => [privilege, 1]))];
  });
  return Object.fromEntries(entries);
}

/** What a caller may do at a path: the grants of the path and of everything above it. */
export function privilegesAt(caller: Caller, path: string): string[] {
  const held = caller.grants
    .filter((grant) => grant.path === "/" || path === grant.path || path.startsWith(`${grant.path}/`))
    .flatMap((grant) => grant.privileges);
  return [...new Set(held)];
}

export function isAllowed(caller: Caller, path: string, ...anyOf: string[]): boolean {
  const held = privilegesAt(caller, path);
  return anyOf.some((privilege) => held.includes(privilege));
}

/** Throws the 403 that names the path and the privileges. */
export function requirePrivilege(caller: Caller, path: string, ...anyOf: string[]): void {
  if (!isAllowed(caller, path, ...anyOf)) {
    throw new ApiError(403, `Permission check failed (${path}, ${anyOf.join("|")})\n`);
  }
}
