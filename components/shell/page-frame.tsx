import type { ReactNode } from "react";
import { LabNote } from "./cluster-name";
import { FreshnessIndicator, StaleBanner } from "./freshness-indicator";
import { Glyph } from "./glyph";
import { SessionEndedBanner } from "./session-ended-banner";

type PageFrameProps = {
  /** Which part of the product this is, where the page's own heading says something else. */
  section?: string;
  /** The page's primary action, top right. */
  action?: ReactNode;
  /** Fluid pages use the width of large screens. */
  width?: "fixed" | "fluid";
  children: ReactNode;
};

/** The bar above and the content below, the same on every page of the console. */
export function PageFrame({ section, action, width = "fixed", children }: PageFrameProps) {
  return (
    <>
      <header className="sticky top-0 z-20 flex h-14 items-center gap-3 border-b border-line bg-bg/92 px-8 backdrop-blur-[10px] max-tablet:h-15 max-tablet:px-4">
        {section === undefined && (
          <span className="flex items-center gap-2 text-body font-heading tablet:hidden">
            <Glyph />
            Undercroft
          </span>
        )}
        <p className="min-w-0 truncate text-body font-strong">{section}</p>
        <span className="tablet:hidden">
          <LabNote />
        </span>
        <span className="flex-1" />
        <FreshnessIndicator />
        {action}
      </header>
      <SessionEndedBanner />
      <StaleBanner />
      <main
        id="main"
        tabIndex={-1}
        className={`px-8 pt-[18px] pb-5 outline-none max-tablet:px-4 max-tablet:pt-4 max-tablet:pb-24 ${width === "fluid" ? "max-w-[1696px]" : "max-w-[1216px]"}`}
      >
        {children}
      </main>
    </>
  );
}
