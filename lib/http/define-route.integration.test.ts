import { beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { db } from "@/lib/db/client";
import { AppError } from "@/lib/domain/errors";
import { callRoute, givenToken, givenUser, testPassword } from "@/lib/testing/route-calls";
import { provideTestStack } from "@/lib/testing/test-stack";
import { handleAuth } from "./auth-handler";
import { answer, defineRoute } from "./define-route";

provideTestStack();

const thing = {
  method: "POST",
  path: "/things/{thingId}",
  summary: "A thing",
  role: "operator",
  params: z.strictObject({ thingId: z.uuid() }),
  query: z.strictObject({ limit: z.coerce.number().int().max(5).default(1) }),
  body: z.strictObject({ name: z.string().min(1), tags: z.array(z.string()).default([]) }),
  answer: z.object({ echo: z.unknown() }),
} as const;

const thingId = "019aa000-0000-7000-8000-000000000001";
const routes = defineRoute({
  POST: answer(thing, async ({ params, query, body, session }) => ({
    echo: { ...params, ...query, ...body, caller: session.user.name },
  })),
});
const failing = (error: unknown) =>
  defineRoute({
    POST: answer(thing, async () => {
      throw error;
    }),
  });

let token: string;
beforeEach(async () => {
  token = await givenToken("operator");
});

async function givenSignIn(): Promise<string> {
  await givenUser("operator");
  const { headers } = await callRoute(handleAuth, {
    method: "POST",
    path: "/api/auth/sign-in/username",
    body: { username: "operator", password: testPassword },
  });
  return headers["set-cookie"]?.split(";")[0] ?? "";
}

type Options = { path?: string; body?: unknown; headers?: Record<string, string>; params?: Record<string, string> };

const call = (options: Options = {}, route = routes) =>
  callRoute(route.POST, {
    method: "POST",
    path: options.path ?? `/api/v1/things/${thingId}`,
    params: options.params ?? { thingId },
    headers: { authorization: `Bearer ${token}`, ...options.headers },
    body: "body" in options ? options.body : { name: "a" },
  });

describe("a call", () => {
  it("reaches its work with everything parsed, and its answer goes back", async () => {
    expect(await call({ path: `/api/v1/things/${thingId}?limit=3` })).toMatchObject({
      status: 200,
      json: { echo: { thingId, limit: 3, name: "a", tags: [], caller: "operator token" } },
    });
  });

  it("is answered 401 without a token, with a wrong one and with one that was revoked or is past its end", async () => {
    for (const authorization of ["", "Bearer nonsense", "Basic YTpi", `Bearer ${token} `.repeat(40)]) {
      expect(await call({ headers: { authorization } })).toMatchObject({
        status: 401,
        json: { code: "unauthenticated" },
      });
    }
    await db().apiToken.updateMany({ data: { expiresAt: new Date(Date.now() - 1000) } });
    expect(await call()).toMatchObject({ status: 401 });
    await db().apiToken.updateMany({ data: { expiresAt: null, revokedAt: new Date() } });
    expect(await call()).toMatchObject({ status: 401, headers: { "www-authenticate": 'Bearer realm="Undercroft"' } });
  });

  it("is answered 403 for a role too low, before its input is looked at", async () => {
    token = await givenToken("viewer");

    expect(await call({ body: "{" })).toMatchObject({
      status: 403,
      json: { code: "forbidden", cause: "You need the Operator role to do this." },
    });
  });

  it.each([
    ["a body that is no JSON", { body: "{" }, 400, "(body)"],
    ["an id that is none", { params: { thingId: "../1" } }, 400, "thingId"],
    ["another media type", { headers: { "content-type": "text/plain" } }, 400, "content-type"],
    ["a missing field", { body: {} }, 422, "name"],
    ["an unknown field", { body: { name: "a", extra: 1 } }, 422, "extra"],
    ["a field of another type, deep inside", { body: { name: "a", tags: ["x", 2] } }, 422, "tags.1"],
    ["a list for a body", { body: [] }, 422, "(body)"],
    ["a NUL character", { body: { name: "a\u0000b" } }, 422, "name"],
    ["half a surrogate pair", { body: { name: "a", tags: ["\ud800"] } }, 422, "tags.0"],
    ["nesting without end", { body: `{"name":${"[".repeat(5000)}${"]".repeat(5000)}}` }, 422, "name"],
    ["an unknown name in the query", { path: "/x?page=2" }, 422, "page"],
    ["a name given twice in the query", { path: "/x?limit=1&limit=2" }, 422, "limit"],
    ["a number out of range", { path: "/x?limit=6" }, 422, "limit"],
  ] as const)("is refused for %s, with the field and the reason", async (_, options, status, field) => {
    const { status: got, json, contentType } = await call(options as Options);

    expect({ got, contentType, fields: Object.keys((json as { fields: object }).fields) }).toMatchObject({
      got: status,
      contentType: "application/problem+json",
      fields: expect.arrayContaining([field]),
    });
  });

  it("is refused with 413 for a body that does not end", async () => {
    expect(await call({ body: { name: "x".repeat(5 * 1024 * 1024) } })).toMatchObject({ status: 413 });
  });

  it("counts an empty body as an empty object", async () => {
    expect(await call({ body: undefined })).toMatchObject({
      status: 422,
      json: { fields: { name: expect.any(String) } },
    });
  });

  it("is answered 405 with the methods that exist", async () => {
    const refused = await callRoute(routes.DELETE, { method: "DELETE", path: "/x" });

    expect(refused).toMatchObject({ status: 405, headers: { allow: "POST" }, contentType: "application/problem+json" });
  });
});

describe("a call by cookie", () => {
  it("is carried out for our own pages", async () => {
    const cookie = await givenSignIn();

    const route = { method: "POST", path: "/x", params: { thingId }, body: { name: "a" } } as const;
    expect(
      await callRoute(routes.POST, { ...route, headers: { cookie, origin: "http://undercroft.test" } }),
    ).toMatchObject({
      status: 200,
      json: { echo: { caller: "operator" } },
    });
  });

  it.each([undefined, "https://evil.example", "null", "http://undercroft.test.evil.example"])(
    "is refused from origin %s",
    async (origin) => {
      const cookie = await givenSignIn();
      const headers = { cookie, ...(origin === undefined ? {} : { origin }) };

      expect(
        await callRoute(routes.POST, { method: "POST", path: "/x", params: { thingId }, body: { name: "a" }, headers }),
      ).toMatchObject({ status: 403, json: { code: "forbidden" } });
    },
  );

  it("is refused with a cookie that nobody signed, and with one whose session was ended", async () => {
    const cookie = await givenSignIn();
    const headers = (value: string) => ({ cookie: value, origin: "http://undercroft.test" });
    const post = (value: string) =>
      callRoute(routes.POST, {
        method: "POST",
        path: "/x",
        params: { thingId },
        body: { name: "a" },
        headers: headers(value),
      });

    expect(await post(cookie.replace(/\.[^.]+$/, ".AAAA"))).toMatchObject({ status: 401 });
    await db().session.deleteMany();
    expect(await post(cookie)).toMatchObject({ status: 401 });
  });
});

describe("a failure", () => {
  it("that was expected says cause, safety and action", async () => {
    const error = new AppError("remote_full", "hetzner refused the file: quota exceeded.", {
      safe: "The other 3 copies are good.",
      action: "Free up space",
    });

    expect(await call({}, failing(error))).toMatchObject({
      status: 507,
      json: { code: "remote_full", cause: error.message, safe: error.safe, action: error.action },
    });
  });

  it("that nobody expected says an id and none of its own words", async () => {
    const { status, json, text } = await call({}, failing(new Error("password=hunter2 at /srv/app.ts:3")));

    expect(status).toBe(500);
    expect(json).toMatchObject({ code: "internal", errorId: expect.stringMatching(/^[0-9a-f-]{36}$/) });
    expect(text).not.toMatch(/hunter2|app\.ts|stack/);
  });

  it("of an answer that breaks its own contract is ours, not the caller's", async () => {
    const broken = defineRoute({
      POST: answer({ ...thing, answer: z.object({ n: z.int() }) }, async () => ({ n: 0.5 })),
    });

    expect(await call({}, broken)).toMatchObject({ status: 500, json: { code: "internal" } });
  });

  it("of the database is told as such", async () => {
    const refused = Object.assign(new Error("connect ECONNREFUSED 10.0.0.1:5432"), { code: "ECONNREFUSED" });
    const { status, json, text } = await call({}, failing(new Error("query failed", { cause: refused })));

    expect({ status, json }).toMatchObject({ status: 503, json: { code: "unavailable" } });
    expect(text).not.toContain("10.0.0.1");
  });
});
