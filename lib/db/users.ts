import type { Role } from "@/lib/domain/role";
import { db } from "./client";

type NewUser = { id: string; username: string; email: string; passwordHash: string; role: Role };

/**
 * Makes the first user, with a password to sign in by; false when there is one already. The table is locked meanwhile, so
 * that an app and workers that start at once make one admin, and an admin is not made again beside one that was renamed.
 */
export async function insertFirstUser({ id, username, email, passwordHash, role }: NewUser): Promise<boolean> {
  return db().$transaction(async (tx) => {
    await tx.$executeRaw`lock table "User" in share row exclusive mode`;
    if ((await tx.user.count()) > 0) return false;
    await tx.user.create({
      data: {
        id,
        name: username,
        username: username.toLowerCase(),
        displayUsername: username,
        email,
        role,
        accounts: { create: { id, accountId: id, providerId: "credential", password: passwordHash } },
      },
    });
    return true;
  });
}

export async function hasUsers(): Promise<boolean> {
  return (await db().user.findFirst({ select: { id: true } })) !== null;
}
