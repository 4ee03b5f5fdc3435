import { beforeEach, describe, expect, it } from "vitest";
import { db } from "@/lib/db/client";
import { findSession } from "@/lib/services/find-session";
import { callRoute, givenUser, testPassword } from "@/lib/testing/route-calls";
import { provideTestStack } from "@/lib/testing/test-stack";
import { handleAuth } from "./auth-handler";

provideTestStack({ UNDERCROFT_SIGN_IN_LIMIT: "3" });

beforeEach(() => givenUser("admin", "Mira"));

const signIn = (username: unknown, password: unknown, headers: Record<string, string> = {}) =>
  callRoute(handleAuth, { method: "POST", path: "/api/auth/sign-in/username", body: { username, password }, headers });
const cookieOf = (answer: Awaited<ReturnType<typeof signIn>>) => answer.headers["set-cookie"]?.split(";")[0] ?? "";

describe("sign-in", () => {
  it("gives a cookie that scripts cannot read, whatever the case of the name", async () => {
    const answer = await signIn("mIRA", testPassword);

    expect(answer).toMatchObject({ status: 200, json: { isSignedIn: true } });
    expect(answer.headers["set-cookie"]).toMatch(/^undercroft\.session_token=.+HttpOnly; SameSite=Lax/i);
    expect(await findSession(new Headers({ cookie: cookieOf(answer) }))).toMatchObject({
      user: { name: "Mira", role: "admin" },
      via: "sign_in",
    });
  });

  it("ends by itself after twelve hours", async () => {
    const session = await findSession(new Headers({ cookie: cookieOf(await signIn("Mira", testPassword)) }));

    expect((session?.expiresAt?.getTime() ?? 0) - Date.now()).toBeGreaterThan(11.9 * 3_600_000);
    expect((session?.expiresAt?.getTime() ?? 0) - Date.now()).toBeLessThanOrEqual(12 * 3_600_000);
  });

  it("says the same of a wrong name as of a wrong password, and keeps the token out of its answer", async () => {
    const wrongName = await signIn("nobody", testPassword);
    const wrongPassword = await signIn("Mira", "wrong horse battery");

    expect(wrongName).toMatchObject({
      status: 401,
      json: { code: "unauthenticated", cause: "Name or password is wrong." },
    });
    expect(wrongPassword.json).toEqual(wrongName.json);
    expect((await signIn("Mira", testPassword)).text).not.toContain("token");
  });

  it.each([
    [{ username: "Mira" }, "password"],
    [{ username: ["Mira"], password: "x" }, "username"],
    [{ username: "Mira\u0000", password: "x" }, "username"],
    [{ username: "Mira", password: "x", rememberMe: true }, "rememberMe"],
  ])("refuses %j", async (body, field) => {
    const answer = await callRoute(handleAuth, { method: "POST", path: "/api/auth/sign-in/username", body });

    expect(answer).toMatchObject({ status: 422, json: { fields: { [field]: expect.any(String) } } });
  });

  it("takes hostile names for names", async () => {
    for (const name of [`' or 1=1 --`, `$(reboot)`, "<script>", "😀".repeat(40)]) {
      expect(await signIn(name, testPassword)).toMatchObject({ status: 401 });
    }
  });

  it("is not started by another site's page", async () => {
    expect(await signIn("Mira", testPassword, { origin: "https://evil.example" })).toMatchObject({ status: 403 });
    expect(await signIn("Mira", testPassword, { origin: "http://undercroft.test" })).toMatchObject({ status: 200 });
  });
});

describe("the limit", () => {
  it("closes an account for a minute after too many attempts, from wherever they seem to come", async () => {
    for (let attempt = 0; attempt < 3; attempt += 1) {
      expect(await signIn("Mira", "wrong", { "x-forwarded-for": `10.0.0.${attempt}` })).toMatchObject({ status: 401 });
    }

    const refused = await signIn("mira", testPassword, { "x-forwarded-for": "10.0.0.9" });

    expect(refused).toMatchObject({ status: 429, json: { code: "rate_limited" } });
    expect(Number(refused.headers["retry-after"])).toBeGreaterThan(0);
    expect(refused.headers["set-cookie"]).toBeUndefined();
  });

  it("counts attempts that come at once", async () => {
    const answers = await Promise.all(Array.from({ length: 8 }, () => signIn("Mira", "wrong")));

    expect(answers.filter(({ status }) => status === 401)).toHaveLength(3);
  });

  it("opens again when the minute is over", async () => {
    for (let attempt = 0; attempt < 4; attempt += 1) await signIn("Mira", "wrong");
    await db().rateLimit.updateMany({ data: { lastRequest: BigInt(Date.now() - 61_000) } });

    expect(await signIn("Mira", testPassword)).toMatchObject({ status: 200 });
  });

  it("does not count sign-ins that worked", async () => {
    for (let attempt = 0; attempt < 5; attempt += 1)
      expect(await signIn("Mira", testPassword)).toMatchObject({ status: 200 });
  });
});

describe("sign-out", () => {
  const signOut = (headers: Record<string, string>) =>
    callRoute(handleAuth, { method: "POST", path: "/api/auth/sign-out", headers, body: {} });

  it("ends the session for good", async () => {
    const cookie = cookieOf(await signIn("Mira", testPassword));

    expect(await signOut({ cookie, origin: "http://undercroft.test" })).toMatchObject({ status: 200 });
    expect(await findSession(new Headers({ cookie }))).toBeUndefined();
    expect(await db().session.count()).toBe(0);
  });

  it("is not done for another site's page", async () => {
    const cookie = cookieOf(await signIn("Mira", testPassword));

    expect(await signOut({ cookie, origin: "https://evil.example" })).toMatchObject({ status: 403 });
    expect(await findSession(new Headers({ cookie }))).toBeDefined();
  });
});

describe("the rest of better-auth", () => {
  it.each(["sign-up/email", "sign-in/email", "get-session", "list-sessions", "change-password", "../auth/ok"])(
    "is not offered: %s",
    async (path) => {
      expect(await callRoute(handleAuth, { method: "POST", path: `/api/auth/${path}`, body: {} })).toMatchObject({
        status: 404,
      });
    },
  );
});
