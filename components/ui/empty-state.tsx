import type { ReactNode } from "react";

/** One sentence of what will be here, and at most one thing to do. Never shown while loading. */
export function EmptyState({ children, action }: { children: ReactNode; action?: ReactNode }) {
  return (
    <div className="grid justify-items-start gap-3 px-4 py-6 text-fg2">
      <p className="max-w-[56ch]">{children}</p>
      {action}
    </div>
  );
}
