import { AppError, type ErrorCode, type Fault } from "@/lib/domain/errors";

type Words = { safe: string; action: string };

const nothingLost = "Earlier copies are not affected.";

/** What is still safe and what to do, for each way to fail; an error that knows better says it itself. */
const words = {
  invalid_input: { safe: nothingLost, action: "Open the policy" },
  not_found: { safe: nothingLost, action: "Retry failed" },
  conflict: { safe: nothingLost, action: "Retry failed" },
  unauthenticated: { safe: nothingLost, action: "Enter a new token" },
  forbidden: { safe: nothingLost, action: "Check the token's privileges" },
  rate_limited: { safe: nothingLost, action: "Retry failed" },
  not_possible: { safe: nothingLost, action: "Retry failed" },
  tool_failed: { safe: nothingLost, action: "Show in log" },
  cluster_unreachable: { safe: nothingLost, action: "Retry failed" },
  cluster_refused: { safe: nothingLost, action: "Check the token's privileges" },
  remote_unreachable: { safe: "The copies at the other destinations are not affected.", action: "Retry failed" },
  remote_auth_failed: { safe: "The copies at the other destinations are not affected.", action: "Sign in again" },
  remote_full: { safe: "No copy was deleted to make room.", action: "Free up space" },
  copy_corrupt: { safe: "The copies at the other destinations are not affected.", action: "Retry failed" },
  archive_unreadable: { safe: nothingLost, action: "Retry failed" },
  guest_locked: { safe: nothingLost, action: "Try again when unlocked" },
  guest_gone: { safe: nothingLost, action: "Show guest" },
  guest_not_restarted: { safe: "The archive is good and is kept.", action: "Start the guest in Proxmox" },
  dump_incomplete: {
    safe: "The incomplete archive was removed. Earlier copies are not affected.",
    action: "Retry failed",
  },
  dump_directory_unusable: { safe: nothingLost, action: "Check the dump directory" },
  dump_directory_full: { safe: "No copy was deleted to make room.", action: "Choose what to delete" },
  worker_lost: { safe: "Finished guests keep their copies.", action: "Show node" },
  canceled: { safe: nothingLost, action: "Run again" },
  unavailable: { safe: nothingLost, action: "Retry failed" },
} as const satisfies Record<ErrorCode, Words>;

/** A failure as a person reads it. What is no AppError is a fault of ours: its text goes to the log only. */
export function describeFailure(error: unknown): Fault {
  if (!(error instanceof AppError)) {
    return {
      code: "tool_failed",
      cause: "The worker met an error of its own; its log has the details.",
      safe: nothingLost,
      action: "Retry failed",
    };
  }
  const { safe, action } = words[error.code];
  return { code: error.code, cause: error.message, safe: error.safe ?? safe, action: error.action ?? action };
}

/** Whether a copy or check that failed so may succeed by being tried again in a minute. */
export function isWorthRepeating(error: unknown): boolean {
  if (!(error instanceof AppError)) return false;
  switch (error.code) {
    case "remote_unreachable":
    case "tool_failed":
    case "copy_corrupt":
    case "cluster_unreachable":
    case "unavailable":
      return true;
    default:
      return false;
  }
}
