import { beforeEach, describe, expect, it, vi } from "vitest";
import { refuseMalformedPath } from "./malformed-path";

async function headersAt(url: string, nonce = "abc") {
  vi.resetModules();
  vi.stubEnv("UNDERCROFT_URL", url);
  const { securityHeaders } = await import("./security-headers");
  return securityHeaders(nonce) as Record<string, string | undefined>;
}

beforeEach(() => {
  vi.stubEnv("DATABASE_URL", "postgresql://x");
  vi.stubEnv("REDIS_URL", "redis://x");
  vi.stubEnv("UNDERCROFT_SECRET", "a secret for tests that is long enough");
  vi.stubEnv("NODE_ENV", "production");
});

describe("securityHeaders", () => {
  it("lets only scripts of our own run, inline ones by the nonce of their page", async () => {
    const policy = (await headersAt("http://127.0.0.1:3000"))["content-security-policy"]?.split("; ");

    expect(policy).toContain("default-src 'self'");
    expect(policy).toContain("script-src 'self' 'nonce-abc'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).toContain("object-src 'none'");
  });

  it("asks for https only where it is served by https", async () => {
    expect(await headersAt("http://127.0.0.1:3000")).not.toHaveProperty("strict-transport-security");
    expect(await headersAt("https://backup.example")).toMatchObject({
      "strict-transport-security": expect.stringContaining("max-age="),
      "x-content-type-options": "nosniff",
    });
  });
});

describe("refuseMalformedPath", () => {
  it.each(["/runs/%zz", "/%", "/%ff"])("refuses %s", (path) => {
    expect(refuseMalformedPath(path)?.status).toBe(400);
  });

  it("lets every other path pass", () => {
    expect(refuseMalformedPath("/runs/%20%C3%A4")).toBeUndefined();
  });
});
