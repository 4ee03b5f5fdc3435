import { config } from "@/lib/config";
import { configuredPve } from "@/lib/pve/client";
import { readGuestState } from "@/lib/pve/guest-state";
import { createDumpAdapter } from "./adapters/dump/run-dump";
import { dumpDirectory } from "./adapters/files/dump-directory";
import { sealArchive } from "./adapters/files/seal-archive";
import { saveHostConfig } from "./adapters/host-config/save-host-config";
import { createRemotes } from "./adapters/rclone/create-remotes";
import { createTransfers } from "./adapters/rclone/create-transfers";
import { createRclone } from "./adapters/rclone/rclone";
import { createListCopies } from "./copies/inspect-destination";
import { createPublishCopy } from "./copies/publish-copy";
import { createRemoveCopy } from "./copies/remove-copy";
import { createSweepInflight } from "./copies/sweep-inflight";
import { createTestRemote } from "./copies/test-remote";
import { createVerifyCopy } from "./copies/verify-copy";
import type { Tools } from "./ports";

/** The real tools of a node: vzdump, rclone, its files and the Proxmox API. */
export function buildTools(): Tools {
  const { stateDirectory, vzdumpProgram, rcloneConfig } = config();
  const timeZone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const rclone = createRclone({ stateDirectory, configPath: rcloneConfig ?? "/root/.config/rclone/rclone.conf" });
  const remotes = createRemotes(rclone);
  const transfers = createTransfers(rclone);
  return {
    ...createDumpAdapter({ stateDirectory, vzdumpProgram, timeZone }),
    publishCopy: createPublishCopy({ remotes, transfers }),
    verifyCopy: createVerifyCopy({ remotes }),
    removeCopy: createRemoveCopy({ remotes }),
    listCopies: createListCopies({ remotes }),
    testRemote: createTestRemote({ remotes }),
    sweepInflight: createSweepInflight({ remotes, transfers }),
    readRemoteSpace: (remote, signal) => remotes.about(remote, { signal }),
    readGuestState: (guest) => readGuestState(configuredPve().api(), guest),
    sealArchive,
    saveHostConfig,
    dumpDirectory,
  };
}
