import { cookies } from "next/headers";
import type { ReactNode } from "react";
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
  const facts = { userName: name, roleLabel: roleLabel[role], clusterName, isLab };
  return (
    <ConsoleProviders renderedAt={now.getTime()} timeZone={await readTimeZone()}>
      <RoleProvider role={role}>
        <ConsoleShell {...facts}>{children}</ConsoleShell>
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
