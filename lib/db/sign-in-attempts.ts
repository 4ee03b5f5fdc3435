import { db } from "./client";

const forgottenAfterMs = 60 * 60 * 1000;

type Attempt = { key: string; now: Date; windowMs: number };

/** Counts one more attempt under a key. The window begins with its first attempt; all of it is one statement, so that attempts at once are all counted. */
export async function countAttempt({ key, now, windowMs }: Attempt): Promise<{ count: number; windowBegan: Date }> {
  const nowMs = BigInt(now.getTime());
  const oldestMs = nowMs - BigInt(windowMs);
  const [row] = await db().$queryRaw<{ count: number; lastRequest: bigint }[]>`
    insert into "RateLimit" (id, key, count, "lastRequest") values (${key}, ${key}, 1, ${nowMs})
    on conflict (key) do update set
      count = case when "RateLimit"."lastRequest" <= ${oldestMs} then 1 else "RateLimit".count + 1 end,
      "lastRequest" = case when "RateLimit"."lastRequest" <= ${oldestMs} then ${nowMs} else "RateLimit"."lastRequest" end
    returning count, "lastRequest"`;
  if (!row) throw new Error("an upsert returns its row");
  return { count: row.count, windowBegan: new Date(Number(row.lastRequest)) };
}

/** Forgets the attempts under a key, and those of anybody that are long past. */
export async function forgetAttempts(key: string, now: Date): Promise<void> {
  const longPast = BigInt(now.getTime() - forgottenAfterMs);
  await db().rateLimit.deleteMany({ where: { OR: [{ key }, { lastRequest: { lt: longPast } }] } });
}
