import { beforeEach, describe, expect, it } from "vitest";
import { findApiToken } from "@/lib/db/api-tokens";
import { db } from "@/lib/db/client";
import { provideTestStack } from "@/lib/testing/test-stack";
import { hashToken } from "./hash-token";
import { seed } from "./seed";

provideTestStack({
  PVE_URL: "https://127.0.0.1:8006",
  UNDERCROFT_PRIMARY: "labsftp:undercroft",
  UNDERCROFT_SECONDARY: "labdav:undercroft",
  UNDERCROFT_ADMIN_NAME: "Mira",
  UNDERCROFT_ADMIN_PASSWORD: "correct horse battery",
  UNDERCROFT_API_TOKEN: "uc_a-token-for-tests",
});

beforeEach(() => seed());

describe("seed", () => {
  it("makes the cluster and its destinations, local and those that are named", async () => {
    expect(await db().cluster.findMany({ select: { name: true, isLab: true } })).toEqual([
      { name: "atlas", isLab: true },
    ]);
    expect(
      await db().destination.findMany({ select: { slot: true, kind: true, remote: true }, orderBy: { slot: "asc" } }),
    ).toEqual([
      { slot: "local", kind: "local", remote: null },
      { slot: "primary", kind: "rclone", remote: "labsftp:undercroft" },
      { slot: "secondary", kind: "rclone", remote: "labdav:undercroft" },
    ]);
  });

  it("makes one admin, one token and no second of anything when several processes start at once", async () => {
    await Promise.all([seed(), seed(), seed()]);

    expect(await db().user.findMany({ select: { name: true, username: true, role: true } })).toEqual([
      { name: "Mira", username: "mira", role: "admin" },
    ]);
    expect(await db().apiToken.count()).toBe(1);
    expect(await db().destination.count()).toBe(3);
  });

  it("stores neither the password nor the token in clear", async () => {
    const everything = JSON.stringify([await db().account.findMany(), await db().apiToken.findMany()]);

    expect(everything).not.toContain("correct horse battery");
    expect(everything).not.toContain("uc_a-token-for-tests");
    expect(await findApiToken(hashToken("uc_a-token-for-tests"), new Date())).toMatchObject({ role: "admin" });
  });

  it("does not bring back what a person removed or renamed", async () => {
    await db().destination.updateMany({ where: { slot: "secondary" }, data: { removedAt: new Date() } });
    await db().destination.updateMany({ where: { slot: "primary" }, data: { remote: "other:place" } });
    await db().user.updateMany({ data: { username: "ana" } });

    await seed();

    expect(await db().destination.count()).toBe(3);
    expect(await db().destination.count({ where: { remote: "other:place" } })).toBe(1);
    expect(await db().user.count()).toBe(1);
  });
});
