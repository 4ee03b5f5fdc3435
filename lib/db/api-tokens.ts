import type { Role } from "@/lib/domain/role";
import { db } from "./client";
import type { Prisma } from "./generated/client";

export type ApiTokenRow = Prisma.ApiTokenGetPayload<object>;

/** Makes sure of a token under this name: the hash of another secret takes the place of the earlier one's. */
export async function upsertApiToken(token: { name: string; tokenHash: string; role: Role; now: Date }): Promise<void> {
  const { name, tokenHash, role, now } = token;
  await db().$transaction(async (tx) => {
    await tx.apiToken.updateMany({
      where: { name, tokenHash: { not: tokenHash }, revokedAt: null },
      data: { revokedAt: now },
    });
    await tx.apiToken.createMany({ data: [{ name, tokenHash, role }], skipDuplicates: true });
    // Taken back into the environment after another one: the same secret is valid again.
    await tx.apiToken.updateMany({ where: { name, tokenHash, revokedAt: { not: null } }, data: { revokedAt: null } });
  });
}

/** The token with this hash, unless it was revoked or is past its end. */
export async function findApiToken(tokenHash: string, now: Date): Promise<ApiTokenRow | null> {
  return db().apiToken.findFirst({
    where: { tokenHash, revokedAt: null, OR: [{ expiresAt: null }, { expiresAt: { gt: now } }] },
  });
}

/** Notes a use, at most once a minute: requests come by the hundred. */
export async function touchApiToken(id: string, now: Date): Promise<void> {
  await db().apiToken.updateMany({
    where: { id, OR: [{ lastUsedAt: null }, { lastUsedAt: { lt: new Date(now.getTime() - 60_000) } }] },
    data: { lastUsedAt: now },
  });
}
