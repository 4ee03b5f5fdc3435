import { describe, expect, it } from "vitest";
import { listRunsQuerySchema, runLogQuerySchema } from "@/lib/contracts/runs";
import { db } from "@/lib/db/client";
import { appendLogLines } from "@/lib/db/log-lines";
import { beginRun } from "@/lib/db/runs";
import { planRun } from "@/lib/domain/plan-run";
import { insertEstate, insertPolicy, insertQueuedRun } from "@/lib/testing/rows";
import { provideTestStack } from "@/lib/testing/test-stack";
import { listRuns } from "./list-runs";
import { readRun } from "./read-run";
import { openRunLog, readRunLog } from "./read-run-log";

provideTestStack();

const now = new Date("2026-11-23T03:00:00Z");
const missing = "019aa000-0000-7000-8000-000000000001";

const list = async (query: object) => {
  const { items, nextCursor } = await listRuns(listRunsQuerySchema.parse(query), now);
  return { numbers: items.map(({ number }) => number), nextCursor };
};

async function givenRuns(count: number) {
  const estate = await insertEstate({ guestCount: 2 });
  const policy = await insertPolicy(estate);
  const runs = [];
  for (let made = 0; made < count; made += 1) runs.push(await insertQueuedRun(policy));
  return { estate, policy, runs };
}

/** A run under way since an hour: guest 101's dump is done and half copied, guest 102 waits. */
async function givenRunUnderWay() {
  const { estate, policy, runs } = await givenRuns(1);
  const [run] = runs;
  if (!run) throw new Error("one run was made");
  const steps = planRun(
    estate.guests.map((guest) => ({ ...guest, expectedBytes: 1000 })),
    estate.destinations,
  );
  await beginRun(run.id, steps, new Date(now.getTime() - 3_600_000));
  const [first] = estate.guests;
  if (!first) throw new Error("the estate has guests");
  const ofFirst = { runId: run.id, guestId: first.id };
  await db().step.updateMany({
    where: { ...ofFirst, kind: { in: ["dump", "seal"] } },
    data: { status: "succeeded", endedAt: now, bytesDone: 1000n },
  });
  await db().step.updateMany({
    where: { ...ofFirst, kind: "copy", slot: "primary" },
    data: { status: "running", workerId: "w", leaseExpiresAt: now, bytesDone: 500n },
  });
  return { run, estate, policy };
}

describe("listRuns", () => {
  it("goes through all runs page by page, newest first, though new ones come in between", async () => {
    const { policy } = await givenRuns(5);

    const first = await list({ limit: 2 });
    await insertQueuedRun(policy);
    const second = await list({ limit: 2, cursor: first.nextCursor });
    const third = await list({ limit: 2, cursor: second.nextCursor });

    expect([first.numbers, second.numbers, third.numbers]).toEqual([[5, 4], [3, 2], [1]]);
    expect(third.nextCursor).toBeNull();
  });

  it("finds by status, policy, guest and time", async () => {
    const { run, estate, policy } = await givenRunUnderWay();
    const other = await insertQueuedRun(policy);

    expect((await list({ status: "running,failed" })).numbers).toEqual([run.number]);
    expect((await list({ status: "queued" })).numbers).toEqual([other.number]);
    expect((await list({ policy: run.policyId })).numbers).toEqual([other.number, run.number]);
    expect((await list({ policy: missing })).numbers).toEqual([]);
    expect((await list({ guest: estate.guests[0]?.id })).numbers).toEqual([run.number]);
    expect((await list({ from: "2100-01-01T00:00:00Z" })).numbers).toEqual([]);
  });

  it.each(["x", "W10", Buffer.from('["1; drop table"]').toString("base64url")])("refuses cursor %s", async (cursor) => {
    await expect(list({ cursor })).rejects.toMatchObject({ fields: { cursor: expect.any(String) } });
  });

  it("sums up runs under way from their steps", async () => {
    await givenRunUnderWay();

    const { items } = await listRuns(listRunsQuerySchema.parse({}), now);

    expect(items[0]).toMatchObject({
      status: "running",
      guestCounts: { running: 1, queued: 1, total: 2 },
      bytesDone: 1500,
      bytesTotal: 8000,
    });
  });
});

describe("readRun", () => {
  it("shows guests in the order of the queue, each with its steps", async () => {
    const { run } = await givenRunUnderWay();

    const detail = await readRun(run.id, now);

    expect(detail.guests.map(({ vmid, status, expectedBytes }) => [vmid, status, expectedBytes])).toEqual([
      [101, "running", 1000],
      [102, "queued", 1000],
    ]);
    expect(detail.guests[0]?.steps.map(({ kind, slot }) => `${kind} ${slot}`)).toContain("copy tertiary");
    expect(detail.destinations.map(({ slot }) => slot)).toEqual(["local", "primary", "secondary", "tertiary"]);
  });

  it("estimates the end from what moved, and not before something did", async () => {
    const { run } = await givenRunUnderWay();

    // 1500 of 8000 bytes in an hour: the other 6500 take four hours and twenty minutes.
    expect(await readRun(run.id, now)).toMatchObject({ etaAt: "2026-11-23T07:20:00.000Z" });
    await db().step.updateMany({ data: { bytesDone: 0n } });
    expect(await readRun(run.id, now)).toMatchObject({ etaAt: null, etaPlusMinusSeconds: null });
  });

  it("is not found under an unknown id", async () => {
    await expect(readRun(missing, now)).rejects.toMatchObject({ code: "not_found" });
  });
});

describe("a run's log", () => {
  const texts = ["INFO: starting", "100% done_now", "100 percent", "WARN: slow", "ERROR: broken <b>pipe</b>"];
  const levels = ["info", "info", "info", "warn", "error"] as const;

  async function givenLog() {
    const { run, estate } = await givenRunUnderWay();
    const dump = await db().step.findFirstOrThrow({ where: { runId: run.id, kind: "dump" } });
    await appendLogLines(
      run.id,
      texts.map((text, index) => ({
        at: now,
        level: levels[index] ?? "info",
        stepId: index === 0 ? dump.id : null,
        source: "vzdump",
        text,
      })),
    );
    return { run, dump, estate };
  }
  const read = async (runId: string, query: object) => {
    const page = await readRunLog(runId, runLogQuerySchema.parse(query));
    return { ...page, lines: page.lines.map(({ seq }) => seq) };
  };

  it("gives the last lines, those before one and those from one on", async () => {
    const { run } = await givenLog();

    expect(await read(run.id, { limit: 2 })).toEqual({ lines: [4, 5], matchCount: 5, lineCount: 5 });
    expect(await read(run.id, { before: 4, limit: 2 })).toMatchObject({ lines: [2, 3] });
    expect(await read(run.id, { from: 2, limit: 2 })).toMatchObject({ lines: [2, 3] });
    expect(await read(run.id, { from: 6 })).toMatchObject({ lines: [] });
  });

  it("finds texts as they are, whatever their case, without wildcards", async () => {
    const { run } = await givenLog();

    expect(await read(run.id, { q: "100%" })).toEqual({ lines: [2], matchCount: 1, lineCount: 5 });
    expect(await read(run.id, { q: "done_NOW" })).toMatchObject({ lines: [2] });
    expect(await read(run.id, { q: "e_b" })).toMatchObject({ lines: [] });
    expect(await read(run.id, { q: "\\" })).toMatchObject({ lines: [] });
    expect(await read(run.id, { q: "<B>Pipe" })).toMatchObject({ lines: [5] });
  });

  it("filters by level, step and guest", async () => {
    const { run, dump, estate } = await givenLog();

    expect(await read(run.id, { level: "warn" })).toMatchObject({ lines: [4, 5], matchCount: 2 });
    expect(await read(run.id, { step: dump.id })).toMatchObject({ lines: [1] });
    expect(await read(run.id, { guest: dump.guestId })).toMatchObject({ lines: [1] });
    const other = estate.guests.find(({ id }) => id !== dump.guestId);
    expect(await read(run.id, { guest: other?.id, step: dump.id })).toMatchObject({ lines: [] });
  });

  it("streams whole as text and as ndjson, one line per line", async () => {
    const { run } = await givenLog();
    await appendLogLines(run.id, [
      { at: now, level: "info", stepId: null, source: "rclone", text: "name with\nERROR a forged line" },
    ]);
    await appendLogLines(
      run.id,
      Array.from({ length: 4500 }, (_, index) => ({
        at: now,
        level: "debug" as const,
        stepId: null,
        source: "rclone",
        text: `line ${index}`,
      })),
    );
    const whole = async (format: string) => {
      const { pieces } = await openRunLog(run.id, runLogQuerySchema.parse({ format }));
      let text = "";
      for await (const piece of pieces) text += piece;
      return text;
    };

    const text = (await whole("text")).split("\n");
    expect(text[0]).toBe("2026-11-23T03:00:00.000Z info  vzdump: INFO: starting");
    expect(text[5]).toBe("2026-11-23T03:00:00.000Z info  rclone: name with⏎ERROR a forged line");
    expect(text).toHaveLength(4507);
    const ndjson = (await whole("ndjson"))
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(ndjson.map(({ seq }) => seq)).toEqual(Array.from({ length: 4506 }, (_, index) => index + 1));
  });

  it("is not found under an unknown id", async () => {
    await expect(read(missing, {})).rejects.toMatchObject({ code: "not_found" });
    await expect(openRunLog(missing, runLogQuerySchema.parse({ format: "text" }))).rejects.toMatchObject({
      code: "not_found",
    });
  });
});
