import { describe, expect, it } from "vitest";
import { db } from "@/lib/db/client";
import { beginRun, findRun } from "@/lib/db/runs";
import { claimStep, endStep, moveStep, renewLeases, type StepRow, stepsOfRun } from "@/lib/db/steps";
import { planRun } from "@/lib/domain/plan-run";
import { provideTestStack } from "@/lib/testing/test-stack";
import { insertEstate, insertPolicy, insertQueuedRun } from "../testing/rows";
import { advanceGuest } from "./advance-run";
import { cancelRun } from "./cancel-run";
import { retryRun } from "./retry-run";

provideTestStack();

const now = new Date();
const leaseMs = 20_000;
const fault = { code: "remote_unreachable" as const, cause: "labdav does not answer.", safe: "", action: "" };

/** A run of one guest, begun, with its steps by "kind slot". */
async function begunRun() {
  const estate = await insertEstate();
  const run = await insertQueuedRun(await insertPolicy(estate));
  const steps = planRun(
    estate.guests.map((guest) => ({ ...guest, expectedBytes: 100 })),
    estate.destinations,
  );
  await beginRun(run.id, steps, now);
  const [guest] = estate.guests;
  if (!guest) throw new Error("the estate has a guest");
  await advanceGuest(run.id, guest.id, now);
  return { run, guestId: guest.id };
}

async function stepOf(runId: string, name: string): Promise<StepRow> {
  const step = (await stepsOfRun(runId)).find(({ kind, slot }) => `${kind} ${slot}` === name);
  if (!step) throw new Error(`the run has no step ${name}`);
  return step;
}

/** Claims a step and ends it, as a worker does. */
async function carry(runId: string, name: string, status: "succeeded" | "failed") {
  const step = await stepOf(runId, name);
  const claimed = await claimStep(step.id, { workerId: "w", leaseMs, now });
  if (!claimed) throw new Error(`${name} could not be claimed: it is ${step.status}`);
  await endStep(
    { stepId: claimed.id, fencingToken: claimed.fencingToken },
    { status, endedAt: new Date(), ...(status === "failed" ? { fault } : {}) },
  );
  await advanceGuest(runId, step.guestId, now);
}

async function statuses(runId: string) {
  const steps = await stepsOfRun(runId);
  return Object.fromEntries(steps.map(({ kind, slot, status }) => [`${kind} ${slot}`, status]));
}

describe("a run", () => {
  it("opens each step as its conditions are met and ends as partial, with the reason in words", async () => {
    const { run } = await begunRun();

    await carry(run.id, "dump local", "succeeded");
    await carry(run.id, "seal local", "succeeded");
    expect(await statuses(run.id)).toMatchObject({ "copy primary": "queued", "copy secondary": "waiting" });
    for (const kind of ["copy", "verify", "prune"]) await carry(run.id, `${kind} primary`, "succeeded");
    await carry(run.id, "prune local", "succeeded");
    await carry(run.id, "copy secondary", "failed");
    for (const kind of ["copy", "verify", "prune"]) await carry(run.id, `${kind} tertiary`, "succeeded");

    expect(await statuses(run.id)).toMatchObject({ "verify secondary": "skipped", "prune secondary": "skipped" });
    expect(await findRun(run.id)).toMatchObject({
      status: "partial",
      statusReason: "Secondary, 101 guest-101: labdav does not answer.",
    });
  });

  it("repeats on a retry only what failed and what was skipped for it", async () => {
    const { run } = await begunRun();
    await carry(run.id, "dump local", "succeeded");
    await carry(run.id, "seal local", "succeeded");
    for (const slot of ["primary", "secondary", "tertiary"]) {
      await carry(run.id, `copy ${slot}`, slot === "secondary" ? "failed" : "succeeded");
      if (slot === "secondary") continue;
      await carry(run.id, `verify ${slot}`, "succeeded");
      await carry(run.id, `prune ${slot}`, "succeeded");
    }
    await carry(run.id, "prune local", "succeeded");

    await retryRun({ runId: run.id, now });

    const again = (await stepsOfRun(run.id)).filter(({ attempt }) => attempt === 2);
    expect(again.map(({ kind, slot, status }) => `${kind} ${slot} ${status}`).toSorted()).toEqual([
      "copy secondary queued",
      "prune secondary waiting",
      "verify secondary waiting",
    ]);
    expect(await findRun(run.id)).toMatchObject({ status: "running", attempt: 2, number: run.number, endedAt: null });
    await expect(retryRun({ runId: run.id, now })).rejects.toMatchObject({ code: "conflict" });
  });

  it("ends what has not begun when it is cancelled, and cannot be overwritten by a late step", async () => {
    const { run } = await begunRun();
    const step = await stepOf(run.id, "dump local");
    const claimed = await claimStep(step.id, { workerId: "w", leaseMs, now });

    await cancelRun({ runId: run.id, mode: "stop", by: "mira", now });
    expect((await statuses(run.id))["seal local"]).toBe("cancelled");
    expect((await findRun(run.id))?.status).toBe("running");

    await endStep({ stepId: step.id, fencingToken: claimed?.fencingToken ?? 0 }, { status: "cancelled", endedAt: now });
    await advanceGuest(run.id, step.guestId, now);
    expect(await findRun(run.id)).toMatchObject({ status: "cancelled", statusReason: "Cancelled by mira." });
    await expect(cancelRun({ runId: run.id, mode: "stop", by: "mira", now })).rejects.toMatchObject({
      code: "conflict",
    });
  });
});

describe("a step", () => {
  it("is given to one of two workers that claim it at once", async () => {
    const { run } = await begunRun();
    const { id } = await stepOf(run.id, "dump local");

    const claims = await Promise.all(["a", "b"].map((workerId) => claimStep(id, { workerId, leaseMs, now })));

    expect(claims.filter(Boolean)).toHaveLength(1);
  });

  it("takes no word from a worker whose token is old", async () => {
    const { run } = await begunRun();
    const { id } = await stepOf(run.id, "dump local");
    const claimed = await claimStep(id, { workerId: "a", leaseMs, now });
    const stale = { stepId: id, fencingToken: (claimed?.fencingToken ?? 0) - 1 };

    expect(await endStep(stale, { status: "succeeded", endedAt: now })).toBeUndefined();
    expect(await renewLeases([stale], now)).toEqual([stale]);
    expect((await stepOf(run.id, "dump local")).status).toBe("running");
  });

  it("is not moved by anybody while a worker holds it", async () => {
    const { run } = await begunRun();
    const { id } = await stepOf(run.id, "dump local");
    await claimStep(id, { workerId: "a", leaseMs, now });

    expect(await moveStep(id, "failed", { now, fault })).toBeUndefined();
  });

  it("cannot fail without a cause: the database refuses the row", async () => {
    const { run } = await begunRun();
    const { id } = await stepOf(run.id, "dump local");

    await expect(db().step.update({ where: { id }, data: { status: "failed", endedAt: now } })).rejects.toThrow(
      "Step_failed_has_cause",
    );
  });
});
