import { describe, expect, it } from "vitest";
import { parseAssignments, readEnvironment } from "./environment-file.mjs";

describe("parseAssignments", () => {
  it("reads NAME=value, with or without export, quotes and spaces, and nothing else", () => {
    const text = [
      "# PVE_URL=https://commented.out",
      "PVE_URL=https://pve1:8006",
      "  export LOG_LEVEL = debug  ",
      'PVE_TOKEN_ID="root@pam!undercroft"',
      "UNDERCROFT_SECRET='a # b=c'",
      "not an assignment",
    ].join("\n");

    expect(Object.fromEntries(parseAssignments(text))).toEqual({
      PVE_URL: "https://pve1:8006",
      LOG_LEVEL: "debug",
      PVE_TOKEN_ID: "root@pam!undercroft",
      UNDERCROFT_SECRET: "a # b=c",
    });
  });
});

describe("readEnvironment", () => {
  it("takes the product's settings only, and none that is set to nothing", () => {
    const environment = { PVE_URL: "https://pve1:8006", REDIS_URL: "", HOME: "/root", PORT: "3001" };

    expect(readEnvironment(environment, "/nonexistent/.env")).toEqual({ PVE_URL: "https://pve1:8006", PORT: "3001" });
  });
});
