import { describe, expect, it } from "vitest";
import recorded from "./fixtures/rclone-runs.json" with { type: "json" };
import { classifyRcloneFailure } from "./rclone-failure";

const ofRun = (name: string) => {
  const run = recorded.runs.find((candidate) => candidate.name === name);
  if (!run) throw new Error(`no recorded run ${name}`);
  return classifyRcloneFailure(run);
};
const ofText = (text: string, exitCode = 1) =>
  classifyRcloneFailure({ exitCode, lines: [`{"level":"error","msg":${JSON.stringify(text)}}`] });

describe("classifyRcloneFailure", () => {
  it.each([
    ["sftp-auth", "remote_auth_failed", false, /^The remote refused the login: .*unable to authenticate/],
    [
      "dav-auth",
      "remote_auth_failed",
      false,
      "The remote refused the login: read metadata failed: Unauthorized: 401 Unauthorized",
    ],
    ["sftp-refused", "remote_unreachable", true, /^The remote does not answer: .*connection refused$/],
    ["dav-refused", "remote_unreachable", true, /^The remote does not answer: .*connection refused$/],
    ["sftp-nohost", "remote_unreachable", true, /^The remote's name was not found: .*no such host$/],
    ["unknown-remote", "remote_unreachable", false, /^The rclone configuration has no such remote: /],
    ["missing", "not_found", false, "It is not there: directory not found"],
    ["missing-remote", "not_found", false, "It is not there: directory not found"],
    ["usage", "tool_failed", false, /^This rclone does not know what it was asked: /],
    ["badflag", "tool_failed", false, "This rclone does not know what it was asked: unknown flag: --nosuchflag"],
  ])("says of the recorded run %s: %s", (name, code, isRetryable, cause) => {
    const failure = ofRun(name);

    expect(failure).toMatchObject({ code, isRetryable, mayBeFull: false });
    expect(failure.cause).toMatch(cause);
  });

  it("asks to look at the space where a server's full disk looks like any refusal", () => {
    expect(ofRun("dav-full")).toEqual({
      code: "tool_failed",
      isRetryable: true,
      mayBeFull: true,
      cause: "The remote did not take the file: Method Not Allowed: 405 Method Not Allowed",
    });
    expect(ofText('Update ReadFrom failed: sftp: "Failure" (SSH_FX_FAILURE)')).toMatchObject({ mayBeFull: true });
  });

  it.each([
    ["Failed to copy: 507 Insufficient Storage", "remote_full", false],
    [
      "googleapi: Error 403: The user's Drive storage quota has been exceeded., storageQuotaExceeded",
      "remote_full",
      false,
    ],
    ["sftp: write: no space left on device", "remote_full", false],
    ["QuotaExceeded: bucket quota exceeded status code: 403, request id: x", "remote_full", false],
    ["AccessDenied: Access Denied status code: 403, request id: x", "remote_auth_failed", false],
    ["SignatureDoesNotMatch: status code: 403", "remote_auth_failed", false],
    ["couldn't fetch token: invalid_grant: maybe token expired?", "remote_auth_failed", false],
    ["ssh: handshake failed: knownhosts: key mismatch", "remote_auth_failed", false],
    ["dial tcp 192.0.2.1:22: i/o timeout", "remote_unreachable", true],
    ["read tcp: connection reset by peer", "remote_unreachable", true],
    ["Put https://x: EOF", "remote_unreachable", true],
    ["SlowDown: Please reduce your request rate. status code: 503", "remote_unreachable", true],
    ["x509: certificate signed by unknown authority", "remote_unreachable", false],
    ['corrupted on transfer: md5 hash differ "a" vs "b"', "copy_corrupt", true],
    ["corrupted on transfer: sizes differ 3 vs 4", "copy_corrupt", true],
    ["NoSuchBucket: The specified bucket does not exist status code: 404", "not_found", false],
  ])("takes '%s' for %s", (text, code, isRetryable) => {
    expect(ofText(text)).toMatchObject({ code, isRetryable });
  });

  it.each(["401", "403", "404", "507", "503"])("is not misled by a guest with VMID %s", (vmid) => {
    const text = `vzdump-lxc-${vmid}-2026_11_23-02_00_00.tar.zst: dial tcp: connection refused`;

    expect(ofText(text)).toMatchObject({ code: "remote_unreachable", isRetryable: true });
    expect(ofText(`vzdump-qemu-${vmid}-2026_11_23-02_00_00.vma.zst: odd`)).toMatchObject({ code: "tool_failed" });
  });

  it("does not take an unknown remote for an empty folder", () => {
    expect(ofRun("unknown-remote").code).not.toBe("not_found");
  });

  it("knows how a killed rclone ends", () => {
    expect(classifyRcloneFailure({ exitCode: null, signal: "SIGKILL", lines: [] })).toMatchObject({
      code: "tool_failed",
      isRetryable: true,
      cause: "rclone was ended by SIGKILL.",
    });
    expect(classifyRcloneFailure({ exitCode: 143, lines: [] }).cause).toBe("rclone was ended by SIGTERM.");
  });

  it("repeats rclone's last words where it knows no better, and tries again", () => {
    expect(ofText("a thing nobody has seen", 9)).toEqual({
      code: "tool_failed",
      isRetryable: true,
      mayBeFull: true,
      cause: "rclone failed with exit code 9: a thing nobody has seen",
    });
    expect(classifyRcloneFailure({ exitCode: 1, lines: [] }).cause).toBe(
      "rclone failed with exit code 1 and said nothing.",
    );
  });
});
