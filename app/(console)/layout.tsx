import { cookies } from "next/headers";
import type { ReactNode } from "react";
import { ClusterProvider } from "@/components/shell/cluster-name";
import { ConsoleShell } from "@/components/shell/console-shell";
import { RoleProvider } from "@/components/shell/role";
import { roleLabel } from "@/lib/domain/role";
import { requirePageSession } from "@/lib/http/session";
import { describeSession } from "@/lib/services/describe-session";
import { ConsoleProviders } from "./console-providers";

/** Everything behind the sign-in. Pages check the session again: a layout is not rendered anew on every navigation. */
export default async function ConsoleLayout({ children }: { children: ReactNode }) {
  const now = new Date();
  const { name, role, clusterName, isLab } = describeSession(await requirePageSession(), now);
  return (
    <ConsoleProviders renderedAt={now.getTime()} timeZone={await readTimeZone()}>
      <RoleProvider role={role}>
        <ClusterProvider clusterName={clusterName} isLab={isLab}>
          <ConsoleShell userName={name} roleLabel={roleLabel[role]}>
            {children}
          </ConsoleShell>
        </ClusterProvider>
      </RoleProvider>
    </ConsoleProviders>
  );
}

/** The zone this browser told us of at an earlier visit; UTC at the first. */
async function readTimeZone(): Promise<string> {
  const told = decodeURIComponent((await cookies()).get("undercroft_time_zone")?.value ?? "UTC");
  try {
    return new Intl.DateTimeFormat("en-GB", { timeZone: told }).resolvedOptions().timeZone;
  } catch {
    // A cookie is input: an unknown zone is no reason to fail.
    return "UTC";
  }
}
