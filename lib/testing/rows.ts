import { db } from "@/lib/db/client";
import { insertRun } from "@/lib/db/runs";
import { policySettingsSchema } from "@/lib/domain/policy";

/** A node of the cluster "atlas" with a few containers, all four destinations, and the node's worker alive. */
export async function insertEstate({ guestCount = 1, isServed = true } = {}) {
  const cluster = await db().cluster.create({ data: { name: "atlas", apiUrl: "https://127.0.0.1:8006", isLab: true } });
  const node = await db().node.create({
    data: {
      clusterId: cluster.id,
      name: "pve1",
      ...(isServed ? { workerId: "w", workerSeenAt: new Date(), leaseExpiresAt: new Date(Date.now() + 600_000) } : {}),
    },
  });
  const guests = await db().guest.createManyAndReturn({
    data: Array.from({ length: guestCount }, (_, position) => ({
      clusterId: cluster.id,
      nodeId: node.id,
      key: `lxc/${101 + position}`,
      type: "lxc" as const,
      vmid: 101 + position,
      name: `guest-${101 + position}`,
    })),
  });
  const destinations = await db().destination.createManyAndReturn({
    data: [
      { clusterId: cluster.id, slot: "local", kind: "local", name: "Local" },
      { clusterId: cluster.id, slot: "primary", kind: "rclone", name: "labsftp", remote: "labsftp:undercroft" },
      { clusterId: cluster.id, slot: "secondary", kind: "rclone", name: "labdav", remote: "labdav:undercroft" },
      { clusterId: cluster.id, slot: "tertiary", kind: "rclone", name: "labs3", remote: "labs3:undercroft" },
    ],
  });
  return { cluster, node, guests, destinations };
}

type Estate = {
  cluster: { id: string };
  destinations: readonly { id: string; slot: "local" | "primary" | "secondary" | "tertiary" }[];
};
type PolicyChanges = {
  schedule?: string;
  settings?: Record<string, unknown>;
  ticksUntil?: Date;
  pausedUntil?: Date;
  keep?: { local: number; remote: number };
};

/** A policy over all guests of an estate, to all its destinations. */
export async function insertPolicy(
  { cluster, destinations }: Estate,
  { settings, keep = { local: 2, remote: 15 }, ...columns }: PolicyChanges = {},
) {
  return db().policy.create({
    data: {
      clusterId: cluster.id,
      name: "Nightly",
      schedule: "02:00",
      timeZone: "UTC",
      settings: policySettingsSchema.parse({ selection: { kind: "all" }, ...settings }),
      destinations: {
        create: destinations.map(({ id, slot }) => ({
          destinationId: id,
          retention: { keepLast: slot === "local" ? keep.local : keep.remote },
        })),
      },
      ...columns,
    },
    include: { destinations: { include: { destination: true } } },
  });
}

/** A queued run of a policy, as its start writes it. */
export async function insertQueuedRun(policy: Awaited<ReturnType<typeof insertPolicy>>, dueAt: Date | null = null) {
  const run = await insertRun({
    kind: "backup",
    status: "queued",
    policy,
    snapshot: {
      settings: policySettingsSchema.parse(policy.settings),
      timeZone: policy.timeZone,
      destinations: policy.destinations.map(({ destination, destinationId }) => ({
        destinationId,
        slot: destination.slot,
        isRequired: true,
        retention: {
          keepAll: false,
          keepLast: destination.slot === "local" ? 2 : 15,
          keepHourly: 0,
          keepDaily: 0,
          keepWeekly: 0,
          keepMonthly: 0,
          keepYearly: 0,
        },
      })),
    },
    dueAt,
    trigger: "user",
    requestedBy: "mira",
    now: new Date(),
  });
  if (!run) throw new Error("this run exists already");
  return run;
}
