import { describe, expect, it } from "vitest";

import { readRcloneVersion } from "./rclone-version";

describe("readRcloneVersion", () => {
  it.each([
    ["rclone v1.60.1-DEV\n- os/version: debian 12.11", "1.60.1-DEV", false],
    ["rclone v1.62.2", "1.62.2", false],
    ["rclone v1.63.0", "1.63.0", true],
    ["rclone v1.75.2-DEV", "1.75.2-DEV", true],
    ["rclone v2.0", "2.0", true],
  ])("knows what %j brings", (output, text, hasPartialUploads) => {
    expect(readRcloneVersion(output)).toEqual({ text, hasPartialUploads });
  });

  it.each(["rclone v1.53.3", "rclone v1.60.0", "rclone v0.99.9", "rclone beta", ""])("refuses %j", (output) => {
    expect(() => readRcloneVersion(output)).toThrow("rclone 1.60.1 or newer is needed");
  });
});
