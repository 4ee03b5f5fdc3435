import type { ReactNode } from "react";

/** A real table: rows are links in their first cell, numbers line up, the head stays in view. */
export function Table({ caption, head, children }: { caption: string; head: ReactNode; children: ReactNode }) {
  return (
    <table className="w-full border-separate border-spacing-0 text-table">
      <caption className="sr-only">{caption}</caption>
      <thead>
        <tr>{head}</tr>
      </thead>
      {children}
    </table>
  );
}

type CellProps = { children?: ReactNode; align?: "start" | "end"; tone?: "strong" | "normal" | "meta" };

const cellTones = { strong: "font-medium text-fg", normal: "text-fg2", meta: "text-fg3" } as const;

type HeadCellProps = CellProps & { sort?: "ascending" | "descending" | undefined };

export function HeadCell({ children, align = "start", sort }: HeadCellProps) {
  return (
    <th
      scope="col"
      aria-sort={sort}
      className={`sticky top-0 z-1 border-b border-line bg-surface px-2 py-2 font-normal text-axis text-fg3 whitespace-nowrap first:pl-4 last:pr-4 ${align === "end" ? "text-right" : "text-left"}`}
    >
      {children}
    </th>
  );
}

export function Cell({ children, align = "start", tone = "normal" }: CellProps) {
  return (
    <td
      className={`h-10 border-b border-line/70 px-2 py-1 first:pl-4 last:pr-4 group-last:border-b-0 ${cellTones[tone]} ${align === "end" ? "text-right" : "text-left"}`}
    >
      {children}
    </td>
  );
}

export function Row({ children }: { children: ReactNode }) {
  return <tr className="group relative hover:bg-hover">{children}</tr>;
}
