import { betterAuth } from "better-auth";
import { prismaAdapter } from "better-auth/adapters/prisma";
import { username } from "better-auth/plugins";
import { config } from "@/lib/config";
import { db } from "@/lib/db/client";
import { log } from "@/lib/log";
import { once } from "@/lib/once";
import { allowedOrigins } from "./allowed-origins";

const sessionSeconds = 12 * 60 * 60;

/**
 * Sign-in by name and password. Users are made by admins only. Its own rate limit is off: it counts by an address that
 * any client may make up; lib/services/sign-in-limit.ts counts by account.
 */
export const auth = once(() =>
  betterAuth({
    appName: "Undercroft",
    baseURL: config().url,
    secret: config().secret,
    trustedOrigins: allowedOrigins(),
    telemetry: { enabled: false },
    logger: {
      level: "error",
      log: (level, message) => log()[level === "error" ? "warn" : "debug"]({ part: "sign-in" }, message),
    },
    database: prismaAdapter(db(), { provider: "postgresql" }),
    emailAndPassword: { enabled: true, disableSignUp: true, minPasswordLength: 10 },
    user: { additionalFields: { role: { type: "string", input: false, required: true, defaultValue: "viewer" } } },
    // Fixed from the sign-in: a browser that stays open at a desk is not signed in for ever.
    session: { expiresIn: sessionSeconds, disableSessionRefresh: true },
    rateLimit: { enabled: false },
    advanced: {
      cookiePrefix: "undercroft",
      useSecureCookies: config().url.startsWith("https://"),
      ipAddress: { disableIpTracking: true },
    },
    plugins: [username({ minUsernameLength: 1, maxUsernameLength: 100, usernameValidator: () => true })],
  }),
);
