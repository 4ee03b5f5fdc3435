import type { ReactNode } from "react";

type CardProps = {
  title?: ReactNode;
  /** Beside the title: a count or a state. */
  badge?: ReactNode;
  /** At the right edge of the title line. */
  aside?: ReactNode;
  children: ReactNode;
  /** Fills the height its parent gives and lets its content scroll. */
  isPane?: boolean;
};

/** A panel with one hairline. Its content brings its own padding, so that rows can reach the edges. */
export function Card({ title, badge, aside, children, isPane = false }: CardProps) {
  return (
    <section
      className={`min-w-0 rounded-card border border-line bg-surface shadow-hair ${isPane ? "flex min-h-0 flex-col overflow-hidden" : ""}`}
    >
      {title !== undefined && (
        <header className="flex min-h-[33px] flex-wrap items-center gap-x-2 gap-y-1 px-4 pt-[13px]">
          <h2 className="text-[13.5px] font-strong">{title}</h2>
          {badge}
          {aside !== undefined && <div className="ml-auto text-meta text-fg3">{aside}</div>}
        </header>
      )}
      {children}
    </section>
  );
}

/** A number beside a heading. */
export function Count({ children }: { children: ReactNode }) {
  return <span className="text-axis font-strong text-fg3 tabular-nums">{children}</span>;
}
