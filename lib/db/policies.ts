import type { PolicyDestination, PolicySettings } from "@/lib/domain/policy";
import { db, type Transaction } from "./client";
import { Prisma } from "./generated/client";
import type { RunRow } from "./runs";

const withDestinations = {
  destinations: { include: { destination: true } },
} as const satisfies Prisma.PolicyInclude;

export type PolicyRow = Prisma.PolicyGetPayload<{ include: typeof withDestinations }>;

export type PolicyColumns = {
  name: string;
  isEnabled: boolean;
  schedule: string;
  timeZone: string;
  settings: PolicySettings;
};

type Targets = readonly (Omit<PolicyDestination, "slot"> & { destinationId: string })[];

/** Policies that were not deleted, by name. */
export async function policiesInUse(): Promise<PolicyRow[]> {
  return db().policy.findMany({
    where: { deletedAt: null },
    include: withDestinations,
    orderBy: [{ name: "asc" }, { id: "asc" }],
  });
}

export async function findPolicy(policyId: string): Promise<PolicyRow | null> {
  return db().policy.findFirst({ where: { id: policyId, deletedAt: null }, include: withDestinations });
}

/** Makes a policy; undefined when another one has its name. Its schedule counts from now: earlier events are not missed. */
export async function insertPolicy(
  clusterId: string,
  columns: PolicyColumns,
  targets: Targets,
  now: Date,
): Promise<PolicyRow | undefined> {
  return unlessNameIsTaken(() =>
    db().policy.create({
      data: { ...columns, clusterId, ticksUntil: now, destinations: { create: [...targets] } },
      include: withDestinations,
    }),
  );
}

/**
 * Writes a change made from `revision`: "stale" when another save came first, "name_taken" when another policy has the
 * name. With `restartsAt` the schedule counts from there, because a changed one must not find events it never promised.
 */
export async function updatePolicy(
  policyId: string,
  revision: number,
  change: { columns: PolicyColumns; targets?: Targets | undefined; restartsAt?: Date | undefined },
): Promise<PolicyRow | "stale" | "name_taken"> {
  const row = await unlessNameIsTaken(() =>
    db().$transaction(async (tx) => {
      const { count } = await tx.policy.updateMany({
        where: { id: policyId, revision, deletedAt: null },
        data: {
          ...change.columns,
          ...(change.restartsAt ? { ticksUntil: change.restartsAt, skipDueAt: null } : {}),
          revision: { increment: 1 },
        },
      });
      if (count === 0) return "stale" as const;
      if (change.targets) await replaceTargets(policyId, change.targets, tx);
      return tx.policy.findUniqueOrThrow({ where: { id: policyId }, include: withDestinations });
    }),
  );
  return row ?? "name_taken";
}

async function replaceTargets(policyId: string, targets: Targets, tx: Transaction): Promise<void> {
  await tx.policyDestination.deleteMany({ where: { policyId } });
  await tx.policyDestination.createMany({ data: targets.map((target) => ({ ...target, policyId })) });
}

/** Pauses until an instant, or ends the pause; undefined for a policy that is gone. */
export async function setPolicyPause(policyId: string, pausedUntil: Date | null): Promise<PolicyRow | undefined> {
  return changeInUse(policyId, { pausedUntil });
}

export async function setPolicySkip(policyId: string, skipDueAt: Date): Promise<PolicyRow | undefined> {
  return changeInUse(policyId, { skipDueAt });
}

/** Ends a policy, keeping its row for its runs; false when it was gone already. */
export async function deletePolicy(policyId: string, now: Date): Promise<boolean> {
  return (await changeInUse(policyId, { deletedAt: now, isEnabled: false })) !== undefined;
}

async function changeInUse(
  policyId: string,
  data: Prisma.PolicyUpdateManyMutationInput,
): Promise<PolicyRow | undefined> {
  return db().$transaction(async (tx) => {
    const { count } = await tx.policy.updateMany({
      where: { id: policyId, deletedAt: null },
      data: { ...data, revision: { increment: 1 } },
    });
    return count === 0
      ? undefined
      : tx.policy.findUniqueOrThrow({ where: { id: policyId }, include: withDestinations });
  });
}

/** Each policy's newest run. */
export async function lastRunsOfPolicies(policyIds: readonly string[]): Promise<RunRow[]> {
  return db().run.findMany({
    where: { policyId: { in: [...policyIds] } },
    distinct: ["policyId"],
    orderBy: [{ policyId: "asc" }, { number: "desc" }],
  });
}

export async function missedCounts(policyIds: readonly string[], since: Date): Promise<Map<string, number>> {
  const groups = await db().run.groupBy({
    by: ["policyId"],
    where: { policyId: { in: [...policyIds] }, status: "missed", queuedAt: { gte: since } },
    _count: true,
  });
  return new Map(groups.flatMap(({ policyId, _count }) => (policyId === null ? [] : [[policyId, _count] as const])));
}

/** The partial index Policy_name_in_use refuses a second policy of one name, whatever its case. */
async function unlessNameIsTaken<Row>(write: () => Promise<Row>): Promise<Row | undefined> {
  try {
    return await write();
  } catch (error) {
    if (error instanceof Prisma.PrismaClientKnownRequestError && error.code === "P2002") return undefined;
    throw error;
  }
}
