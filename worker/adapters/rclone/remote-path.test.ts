import { describe, expect, it } from "vitest";

import { remoteOf, requireLocalPath, requirePlace, requireRemotePath } from "./remote-path";

describe("requireRemotePath", () => {
  it.each(["labs3:", "labs3:undercroft/pve1/-rf", "my.cloud+1@home:a:b/c d/é", "r:/absolute"])(
    "lets %j through",
    (path) => {
      expect(requireRemotePath(path)).toBe(path);
    },
  );

  it.each([
    "",
    "/var/lib/vz/dump/x",
    "relative/x",
    ":sftp,host=h,pass=secret:x",
    "labs3,env_auth=true:x",
    "-rf:x",
    "--config:x",
    "labs3:a/../b",
    "labs3:..",
    "labs3:a/./b",
    "labs3:a:b/../../etc",
    "labs3:line\nbreak",
    "labs3:nul\0",
  ])("refuses %j", (path) => {
    expect(() => requireRemotePath(path)).toThrow(/is no path|is not a path/);
  });
});

describe("requireLocalPath", () => {
  it("takes absolute paths only, whatever their names look like", () => {
    expect(requireLocalPath("/var/lib/vz/dump/-n:x.zst")).toBe("/var/lib/vz/dump/-n:x.zst");
    expect(() => requireLocalPath("dump/x")).toThrow("not an absolute path");
    expect(() => requireLocalPath("/var/../etc/shadow")).toThrow("is not a path");
  });
});

it("tells local files and remotes apart by their first character", () => {
  expect(requirePlace("/a:b")).toBe("/a:b");
  expect(requirePlace("a:b")).toBe("a:b");
  expect(() => requirePlace("a")).toThrow();
});

it("names the remote of a path", () => {
  expect(remoteOf("labs3:undercroft/a:b")).toBe("labs3:");
});
