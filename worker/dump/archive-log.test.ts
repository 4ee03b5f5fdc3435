import { describe, expect, it } from "vitest";
import { createArchiveLog } from "./archive-log";

describe("the log beside an archive", () => {
  it("has the guest's lines with a local time, and no lines of the job or of tools", () => {
    const log = createArchiveLog("UTC");

    log.add([
      "INFO: starting new backup job: vzdump 101 --mode stop",
      "INFO: Starting Backup of VM 101 (lxc)",
      "INFO: Backup started at 2026-11-23 02:07:42",
      "WARN: could not read the firewall's file",
      "no start today",
      "INFO: Finished Backup of VM 101 (00:00:08)",
      "INFO: Backup finished at 2026-11-23 02:07:50",
      "INFO: Backup job finished successfully",
    ]);

    const time = String.raw`\d{4}-\d\d-\d\d \d\d:\d\d:\d\d`;
    const lines = [
      String.raw`INFO: Starting Backup of VM 101 \(lxc\)`,
      "WARN: could not read the firewall's file",
      String.raw`INFO: Finished Backup of VM 101 \(00:00:08\)`,
    ];
    expect(log.text()).toMatch(new RegExp(`^${lines.map((line) => `${time} ${line}\n`).join("")}$`));
  });
});
