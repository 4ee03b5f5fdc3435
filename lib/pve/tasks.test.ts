import { describe, expect, it } from "vitest";
import { parseUpid } from "./tasks";

describe("parseUpid", () => {
  it("reads node, start, type, guest and user of a token's task", () => {
    expect(parseUpid("UPID:pve1:00001AFC:0005A702:6B03955D:vzdump:107:ops@pve!bk:")).toEqual({
      text: "UPID:pve1:00001AFC:0005A702:6B03955D:vzdump:107:ops@pve!bk:",
      nodeName: "pve1",
      startedAt: new Date("2026-11-23T01:22:37.000Z"),
      type: "vzdump",
      id: "107",
      user: "ops@pve!bk",
    });
  });

  it.each([
    "OK",
    "",
    "UPID:foo",
    "UPID:pve1:1AFC:0005A702:6B03955D:vzdump:107:root@pam:",
    "UPID:../x:00001AFC:0005A702:6B03955D:a:1:b:",
  ])("knows that %j is no task", (text) => {
    expect(parseUpid(text)).toBeUndefined();
  });
});
