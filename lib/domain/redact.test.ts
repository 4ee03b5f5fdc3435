import { describe, expect, it } from "vitest";
import { redactLine } from "./redact";

describe("redactLine", () => {
  it.each([
    ["Authorization: PVEAPIToken=root@pam!dash=1b2c3d4e-1111-2222-3333-444455556666", "1b2c3d4e"],
    ["GET / HTTP/1.1 PVEAuthCookie=PVE:root@pam:6B03::c2VjcmV0", "c2VjcmV0"],
    ["Failed: dial ftp://mira:hunter2@127.0.0.1:21: refused", "hunter2"],
    ['Setting pass="hunter2xyz" for "T" from environment variable', "hunter2xyz"],
    ["sftp: --sftp-pass hunter2xyz --sftp-user mira", "hunter2xyz"],
    ['{"access_token":"ya29.hunter2","expiry":"2026"}', "hunter2"],
    ['token = {\\"access_token\\":\\"ya29.hunter2\\"}', "hunter2"],
    ["Authorization: Bearer abcdef0123456789", "abcdef0123456789"],
    ["secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "wJalrXUtnFEMI"],
    ["RCLONE_CONFIG_T_PASS=hunter2xyz", "hunter2xyz"],
    ["NOTICE: :sftp,host=h,pass=hunter2xyz:dir", "hunter2xyz"],
    ["curl -u mira:hunter2xyz https://dav", "hunter2xyz"],
    ["POST https://api.telegram.org/bot123456789:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw4/sendMessage", "AAHdqTcv"],
    ["using key AKIAIOSFODNN7EXAMPLE", "AKIAIOSFODNN7EXAMPLE"],
    ["MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7VJTUt9Us8cKj", "MIIEvQ"],
    ["x -----BEGIN RSA PRIVATE KEY----- MIIEvQIBADANBg", "MIIEvQ"],
  ])("hides the secret of %j", (line, secret) => {
    const shown = redactLine(line);

    expect(shown).not.toContain(secret);
    expect(shown).toContain("***");
    expect(redactLine(shown)).toBe(shown);
  });

  it.each([
    "INFO: creating vzdump archive '/var/lib/vz/dump/vzdump-lxc-101-2026_11_23-02_07_42.tar.zst'",
    "INFO:  62% (20.0 GiB of 32.0 GiB) in 3m 26s, read: 26.2 MiB/s, write: 23.6 MiB/s",
    "2026/11/23 00:55:57 Failed to copyto: directory not found",
    "ERROR: Backup of VM 101 failed - CT is locked (backup)",
    "Büro\tüber 🙂 $(rm -rf /) <img onerror=alert(1)>",
    "INFO: include disk 'scsi0' 'local-lvm:vm-107-disk-0' 32G",
    "sha256 0f343b0931126a20f133d67c2b018a3b5e3c9b1c0e5a3f2d8c7b6a5948372615",
  ])("leaves %j as it is", (line) => {
    expect(redactLine(line)).toBe(line);
  });

  it("takes away colours and control characters, which could forge lines", () => {
    expect(redactLine("\u001b[31mERROR\u001b[0m: a\rb\u0000c\u2028d\u001b]0;title\u0007")).toBe("ERROR: abcd");
  });

  it.each(["a", "a-", "--", "http://", "pass", '"token":"', "-u a:"])(
    "reads a line of 200 kB of %j at once",
    (piece) => {
      const line = piece.repeat(Math.ceil(200_000 / piece.length));
      const startedMs = performance.now();

      redactLine(line);

      expect(performance.now() - startedMs).toBeLessThan(500);
    },
  );
});
