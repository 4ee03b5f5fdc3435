import { describe, expect, it } from "vitest";
import { db } from "@/lib/db/client";
import { provideTestStack } from "@/lib/testing/test-stack";
import { insertEstate, insertPolicy } from "../testing/rows";
import { tickPolicy } from "./tick-policy";

provideTestStack();

const at = (text: string) => new Date(`2026-03-${text}Z`);
const rows = () =>
  db().run.findMany({ orderBy: { dueAt: "asc" }, select: { dueAt: true, status: true, statusReason: true } });

describe("tickPolicy", () => {
  it("makes one run of one due instant, however many deliveries come at once", async () => {
    const policy = await insertPolicy(await insertEstate(), { ticksUntil: at("02T01:59:00") });

    await Promise.all(Array.from({ length: 8 }, () => tickPolicy(policy.id, at("02T02:00:00"))));

    expect(await rows()).toEqual([{ dueAt: at("02T02:00:00"), status: "queued", statusReason: null }]);
  });

  it("makes nothing before the time has come", async () => {
    const policy = await insertPolicy(await insertEstate(), { ticksUntil: at("02T01:00:00") });

    expect(await tickPolicy(policy.id, at("02T01:59:59"))).toEqual([]);
  });

  it("turns every tick that nobody saw into a missed row, and starts the one that is within its grace", async () => {
    const policy = await insertPolicy(await insertEstate(), { ticksUntil: at("01T12:00:00") });

    await tickPolicy(policy.id, at("04T02:10:00"));

    expect((await rows()).map(({ dueAt, status }) => [dueAt?.toISOString().slice(8, 10), status])).toEqual([
      ["02", "missed"],
      ["03", "missed"],
      ["04", "queued"],
    ]);
  });

  it("catches up once, however many were missed, where the policy says so", async () => {
    const policy = await insertPolicy(await insertEstate(), {
      ticksUntil: at("01T12:00:00"),
      settings: { catchUp: true },
    });

    await tickPolicy(policy.id, at("04T12:00:00"));

    expect((await rows()).map(({ status }) => status)).toEqual(["missed", "missed", "queued"]);
  });

  it("passes over what is due while the policy is paused", async () => {
    const policy = await insertPolicy(await insertEstate(), {
      ticksUntil: at("01T12:00:00"),
      pausedUntil: at("03T12:00:00"),
    });

    await tickPolicy(policy.id, at("04T02:00:00"));

    expect((await rows()).map(({ dueAt }) => dueAt)).toEqual([at("04T02:00:00")]);
  });
});
