import { randomUUID } from "node:crypto";
import { hashPassword } from "better-auth/crypto";
import { config } from "@/lib/config";
import { upsertApiToken } from "@/lib/db/api-tokens";
import { type ClusterRow, upsertCluster } from "@/lib/db/clusters";
import { insertDestination, slotsEverUsed } from "@/lib/db/destinations";
import { hasUsers, insertFirstUser } from "@/lib/db/users";
import { remoteSchema, slotLabel } from "@/lib/domain/destination";
import { AppError } from "@/lib/domain/errors";
import { log } from "@/lib/log";
import { hashToken } from "./hash-token";

/**
 * Makes what the environment asks for and is not there yet: the cluster, its destinations, the first admin, the API
 * token. Harmless to repeat and to run from app and workers at once. What a person changed or removed stays so.
 */
export async function seed(now = new Date()): Promise<void> {
  const { pve, clusterName, isLab } = config();
  if (pve.url) await seedDestinations(await upsertCluster({ name: clusterName, apiUrl: pve.url, isLab }));
  await seedAdmin();
  await seedApiToken(now);
}

async function seedDestinations(cluster: ClusterRow): Promise<void> {
  const { primary, secondary, tertiary } = config().remotes;
  const wanted = [
    { slot: "local", remote: null },
    { slot: "primary", remote: primary },
    { slot: "secondary", remote: secondary },
    { slot: "tertiary", remote: tertiary },
  ] as const;
  const used = await slotsEverUsed(cluster.id);
  for (const { slot, remote } of wanted) {
    if (used.has(slot) || remote === undefined) continue;
    if (remote !== null && !remoteSchema.safeParse(remote).success) {
      throw new AppError("invalid_input", `UNDERCROFT_${slot.toUpperCase()} must look like remote:path.`);
    }
    await insertDestination(cluster.id, { slot, name: remote?.split(":")[0] ?? slotLabel[slot], remote });
  }
}

async function seedAdmin(): Promise<void> {
  const { name, password } = config().admin;
  if (await hasUsers()) return;
  if (!password) {
    log().warn("nobody can sign in yet: set UNDERCROFT_ADMIN_PASSWORD and start again");
    return;
  }
  const passwordHash = await hashPassword(password);
  const email = `${randomUUID()}@users.invalid`;
  await insertFirstUser({ id: randomUUID(), username: name, email, passwordHash, role: "admin" });
}

async function seedApiToken(now: Date): Promise<void> {
  const { apiToken } = config();
  if (!apiToken) return;
  await upsertApiToken({ name: "environment", tokenHash: hashToken(apiToken), role: "admin", now });
}
