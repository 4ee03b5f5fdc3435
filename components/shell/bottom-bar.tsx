"use client";

import Link from "next/link";
import { usePathname } from "next/navigation";
import { LiveRunDot } from "./live-run-dot";
import { isCurrentSection, sections } from "./sections";
import { UserMenu } from "./user-menu";

/** Navigation of a phone. */
export function BottomBar({ userName, roleLabel }: { userName: string; roleLabel: string }) {
  const pathname = usePathname();
  return (
    <nav
      aria-label="Main"
      className="fixed inset-x-0 bottom-0 z-20 grid grid-cols-4 border-t border-line bg-bg/94 px-1 pt-2 pb-[max(14px,env(safe-area-inset-bottom))] backdrop-blur-md tablet:hidden"
    >
      {sections.map((section) => {
        const Icon = section.icon;
        const isCurrent = isCurrentSection(section, pathname);
        return (
          <Link
            key={section.href}
            href={section.href}
            aria-current={isCurrent ? "page" : undefined}
            className={`relative grid min-h-11 justify-items-center gap-0.5 text-axis font-medium ${isCurrent ? "text-fg" : "text-fg3"}`}
          >
            <Icon className="size-5" strokeWidth={1.75} aria-hidden />
            {section.label}
            {section.href === "/runs" && <LiveRunDot />}
          </Link>
        );
      })}
      <UserMenu userName={userName} roleLabel={roleLabel} look="bottom-bar" />
    </nav>
  );
}
