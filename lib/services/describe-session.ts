import { config } from "@/lib/config";
import type { SessionView } from "@/lib/contracts/session";
import type { Session } from "./find-session";

/** Who is calling, and which cluster they look at. */
export function describeSession({ user, via, expiresAt }: Session, now: Date): SessionView {
  const { clusterName, isLab } = config();
  return {
    ...user,
    via,
    expiresAt: expiresAt?.toISOString() ?? null,
    clusterName,
    isLab,
    serverTime: now.toISOString(),
  };
}
