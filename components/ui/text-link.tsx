import Link from "next/link";
import type { ReactNode } from "react";

/** A quiet link inside running text or a card's corner. */
export function TextLink({ href, children }: { href: string; children: ReactNode }) {
  return (
    <Link
      href={href}
      className="rounded-[3px] text-fg2 decoration-line2 underline-offset-2 hover:text-accent hover:underline"
    >
      {children}
    </Link>
  );
}
