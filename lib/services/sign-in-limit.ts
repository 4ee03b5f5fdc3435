import { createHash } from "node:crypto";
import { config } from "@/lib/config";
import { countAttempt, forgetAttempts } from "@/lib/db/sign-in-attempts";
import { AppError } from "@/lib/domain/errors";

const windowMs = 60_000;

/** Names are input of any length and kind; the key is not. */
const keyOf = (username: string) => `sign-in:${createHash("sha256").update(username.toLowerCase()).digest("hex")}`;

/** Too many attempts; the same may be tried again after `waitSeconds`. */
export class RateLimited extends AppError {
  override readonly name = "RateLimited";
  readonly waitSeconds: number;

  constructor(waitSeconds: number) {
    super("rate_limited", `Too many attempts. Try again in ${waitSeconds} s.`);
    this.waitSeconds = waitSeconds;
  }
}

/**
 * Counts an attempt to sign in before the password is looked at, so that many at once are no way around. By account and
 * not by address: what stands in x-forwarded-for is the client's to choose. Fails with rate_limited.
 */
export async function takeSignInAttempt(username: string, now: Date): Promise<void> {
  const { count, windowBegan } = await countAttempt({ key: keyOf(username), now, windowMs });
  if (count <= config().signInLimitPerMinute) return;
  const waitSeconds = Math.max(1, Math.ceil((windowBegan.getTime() + windowMs - now.getTime()) / 1000));
  throw new RateLimited(waitSeconds);
}

/** A sign-in that worked takes its earlier attempts back. */
export async function forgiveSignInAttempts(username: string, now: Date): Promise<void> {
  await forgetAttempts(keyOf(username), now);
}
