"use client";

import { PanelLeft } from "lucide-react";
import Link from "next/link";
import { usePathname } from "next/navigation";
import { ClusterName } from "./cluster-name";
import { Glyph } from "./glyph";
import { LiveRunDot } from "./live-run-dot";
import { isCurrentSection, sections } from "./sections";
import { toggleRail } from "./theme";
import { UserMenu } from "./user-menu";

export type ShellFacts = { userName: string; roleLabel: string };

/** Navigation at the left: 224 px with labels, 56 px without. */
export function Sidebar(facts: ShellFacts) {
  return (
    <aside className="sticky top-0 flex h-dvh w-14 shrink-0 flex-col gap-0.5 overflow-x-hidden border-r border-line bg-rail px-2 py-4 max-tablet:hidden rail-open:w-56 rail-open:px-3">
      <Link
        href="/"
        className="flex items-center gap-2.5 rounded-control px-[9px] pt-1 pb-3.5 text-[15px] font-heading tracking-[-0.01em] rail-open:px-2"
      >
        <Glyph />
        <span className="hidden rail-open:inline">Undercroft</span>
        <span className="sr-only rail-open:hidden">Undercroft</span>
      </Link>
      <ClusterName />
      <nav aria-label="Main" className="grid gap-0.5">
        <SectionLinks />
      </nav>
      <div className="mt-auto grid gap-1">
        <button
          type="button"
          onClick={toggleRail}
          aria-label="Fold or unfold the sidebar"
          data-tooltip="Fold or unfold the sidebar (\)"
          className="flex h-8 items-center gap-2.5 rounded-control px-3 text-fg3 hover:bg-hover hover:text-fg rail-open:px-2.5"
        >
          <PanelLeft className="size-4 shrink-0" strokeWidth={1.75} aria-hidden />
          <span className="hidden text-meta rail-open:inline">Fold sidebar</span>
        </button>
        <UserMenu userName={facts.userName} roleLabel={facts.roleLabel} look="sidebar" />
      </div>
    </aside>
  );
}

function SectionLinks() {
  const pathname = usePathname();
  return sections.map((section) => {
    const Icon = section.icon;
    const isCurrent = isCurrentSection(section, pathname);
    return (
      <Link
        key={section.href}
        href={section.href}
        aria-current={isCurrent ? "page" : undefined}
        aria-label={section.label}
        className={`relative flex h-[34px] items-center gap-2.5 rounded-control px-3 text-[13.5px] rail-open:px-2.5 ${isCurrent ? "bg-raised font-strong text-fg shadow-[inset_0_0_0_1px_var(--color-line)]" : "text-fg2 hover:bg-hover hover:text-fg"}`}
      >
        <Icon className="size-4 shrink-0" strokeWidth={1.75} aria-hidden />
        <span className="hidden rail-open:inline">{section.label}</span>
        {section.href === "/runs" && <LiveRunDot />}
      </Link>
    );
  });
}
