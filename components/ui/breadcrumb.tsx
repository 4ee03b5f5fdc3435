import { ChevronRight } from "lucide-react";
import Link from "next/link";

export type Crumb = { label: string; href?: string };

/** The way here; the last one is this page. */
export function Breadcrumb({ crumbs }: { crumbs: readonly Crumb[] }) {
  return (
    <nav aria-label="Breadcrumb">
      <ol className="flex min-w-0 items-center gap-1 text-meta text-fg3">
        {crumbs.map((crumb, at) => (
          <li key={crumb.label} className="flex min-w-0 items-center gap-1">
            {at > 0 && <ChevronRight className="size-[13px] shrink-0" strokeWidth={1.75} aria-hidden />}
            {crumb.href ? (
              <Link href={crumb.href} className="hover:text-fg hover:underline">
                {crumb.label}
              </Link>
            ) : (
              <span className="truncate" title={crumb.label}>
                {crumb.label}
              </span>
            )}
          </li>
        ))}
      </ol>
    </nav>
  );
}
