import type { RunKind, RunStatus } from "@/lib/domain/run";
import { db } from "./client";
import type { Prisma } from "./generated/client";
import type { RunRow } from "./runs";

type RunFilters = {
  status?: readonly RunStatus[] | undefined;
  kind?: readonly RunKind[] | undefined;
  policyId?: string | undefined;
  guestId?: string | undefined;
  from?: Date | undefined;
  to?: Date | undefined;
};

/** Runs by number, newest first, those below `beforeNumber`. */
export async function pageOfRuns(
  { status, kind, policyId, guestId, from, to }: RunFilters,
  { beforeNumber, limit }: { beforeNumber?: number | undefined; limit: number },
): Promise<RunRow[]> {
  const where: Prisma.RunWhereInput = {
    ...(status ? { status: { in: [...status] } } : {}),
    ...(kind ? { kind: { in: [...kind] } } : {}),
    ...(policyId ? { policyId } : {}),
    ...(guestId ? { steps: { some: { guestId } } } : {}),
    ...(beforeNumber === undefined ? {} : { number: { lt: beforeNumber } }),
    ...(from || to ? { queuedAt: { ...(from ? { gte: from } : {}), ...(to ? { lt: to } : {}) } } : {}),
  };
  return db().run.findMany({ where, orderBy: { number: "desc" }, take: limit });
}

const summedColumns = {
  runId: true,
  guestId: true,
  kind: true,
  status: true,
  bytesDone: true,
  bytesTotal: true,
} as const satisfies Prisma.StepSelect;

export type SummedStep = Prisma.StepGetPayload<{ select: typeof summedColumns }>;

/** What the sums of several runs are made of. */
export async function summedSteps(runIds: readonly string[]): Promise<SummedStep[]> {
  if (runIds.length === 0) return [];
  return db().step.findMany({ where: { runId: { in: [...runIds] } }, select: summedColumns });
}

const wholeRun = {
  steps: { orderBy: [{ position: "asc" }, { id: "asc" }] },
} as const satisfies Prisma.RunInclude;

/** A run with all its steps in the order of its queues. */
export async function findRunWithSteps(runId: string) {
  return db().run.findUnique({ where: { id: runId }, include: wholeRun });
}

export async function guestsWithNodes(guestIds: readonly string[]) {
  return db().guest.findMany({
    where: { id: { in: [...guestIds] } },
    include: { node: { select: { name: true } } },
  });
}

/** Durations of a policy's last runs that backed everything up, newest first: what "usual" is said from. */
export async function recentDurationsMs(policyId: string, beforeNumber: number): Promise<number[]> {
  const rows = await db().run.findMany({
    where: {
      policyId,
      number: { lt: beforeNumber },
      status: { in: ["succeeded", "partial"] },
      attempt: 1,
      startedAt: { not: null },
      endedAt: { not: null },
    },
    orderBy: { number: "desc" },
    take: 9,
    select: { startedAt: true, endedAt: true },
  });
  return rows.flatMap(({ startedAt, endedAt }) =>
    startedAt && endedAt ? [endedAt.getTime() - startedAt.getTime()] : [],
  );
}

/** By guest: the newest run it took part in, where that is over and a step of the guest failed in it. */
export async function failedRunsOfGuests(guestIds: readonly string[]): Promise<Map<string, string>> {
  const rows = await db().$queryRaw<{ guestId: string; runId: string }[]>`
    select g.id as "guestId", s."runId"
    from unnest(${[...guestIds]}::uuid[]) as g(id)
    cross join lateral (
      select s."runId", r.status from "Step" s join "Run" r on r.id = s."runId"
      where s."guestId" = g.id order by s."runId" desc limit 1
    ) s
    where s.status in ('partial', 'failed', 'cancelled')
      and exists (
        select from "Step" f
        where f."runId" = s."runId" and f."guestId" = g.id and f.status in ('failed', 'skipped', 'cancelled')
      )`;
  return new Map(rows.map(({ guestId, runId }) => [guestId, runId]));
}

/** The run under way that began last, or else the one that waits longest. */
export async function newestLiveRun(): Promise<RunRow | null> {
  return (
    (await db().run.findFirst({ where: { status: "running" }, orderBy: { startedAt: "desc" } })) ??
    (await db().run.findFirst({ where: { status: "queued" }, orderBy: { number: "asc" } }))
  );
}
