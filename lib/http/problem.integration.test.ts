import { describe, expect, it } from "vitest";
import { db } from "@/lib/db/client";
import { provideTestStack } from "@/lib/testing/test-stack";
import { toRefusal } from "./problem";

// Nothing listens on port 1.
provideTestStack({ DATABASE_URL: "postgresql://nobody@127.0.0.1:1/nothing" });

describe("a database that does not answer", () => {
  it.each([
    ["a query", () => db().run.findMany()],
    ["a raw query", () => db().$queryRaw`select 1`],
    ["a transaction", () => db().$transaction((tx) => tx.run.findMany())],
  ])("is told as unavailable by %s, without its address", async (_, ask) => {
    const error = await ask().catch((caught: unknown) => caught);
    const { problem, headers } = toRefusal(error);

    expect(problem).toMatchObject({ status: 503, code: "unavailable", cause: "The database does not answer." });
    expect(headers).toEqual({ "retry-after": "5" });
    expect(JSON.stringify(problem)).not.toContain("127.0.0.1");
  });
});
