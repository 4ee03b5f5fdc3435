"use client";

import { useRouter } from "next/navigation";
import type { ReactNode } from "react";
import { Announcer } from "@/components/live/announcer";
import { LiveProvider } from "@/components/live/live-provider";
import { BottomBar } from "./bottom-bar";
import { sections } from "./sections";
import { ShortcutList } from "./shortcut-list";
import { useShortcuts } from "./shortcuts";
import { type ShellFacts, Sidebar } from "./sidebar";
import { readTheme, setTheme, toggleRail } from "./theme";

/** What surrounds every signed-in page: navigation, the one event stream, the keys that work everywhere. */
export function ConsoleShell({ children, ...facts }: ShellFacts & { children: ReactNode }) {
  const router = useRouter();
  useShortcuts({
    "\\": toggleRail,
    t: () => setTheme(readTheme() === "dark" ? "light" : "dark"),
    ...Object.fromEntries(sections.map((section) => [`g ${section.key}`, () => router.push(section.href)])),
  });
  return (
    <LiveProvider>
      <a
        href="#main"
        className="sr-only z-50 rounded-control bg-fg px-3 py-2 text-bg focus:not-sr-only focus:fixed focus:top-2 focus:left-2"
      >
        Skip to content
      </a>
      <div className="flex min-h-dvh">
        <Sidebar {...facts} />
        <div className="min-w-0 flex-1">{children}</div>
      </div>
      <BottomBar userName={facts.userName} roleLabel={facts.roleLabel} />
      <ShortcutList />
      <Announcer />
    </LiveProvider>
  );
}
