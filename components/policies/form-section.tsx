import type { ReactNode } from "react";

type FormSectionProps = { id: string; title: string; aside?: ReactNode; children: ReactNode };

/** One question of the form: its word at the left, what answers it at the right. */
export function FormSection({ id, title, aside, children }: FormSectionProps) {
  return (
    <section
      id={id}
      className="grid scroll-mt-18 grid-cols-[96px_minmax(0,1fr)] gap-x-5 gap-y-3 border-t border-line px-5 py-4 first:border-t-0 max-tablet:grid-cols-1 max-tablet:px-4"
    >
      <div className="max-tablet:flex max-tablet:items-baseline max-tablet:justify-between">
        <h2 className="text-body font-strong">{title}</h2>
        {aside && <p className="mt-0.5 text-meta text-fg3">{aside}</p>}
      </div>
      <div className="grid min-w-0 content-start gap-3.5">{children}</div>
    </section>
  );
}

/** What few people change, folded away. */
export function More({ label, children, isOpen = false }: { label: string; children: ReactNode; isOpen?: boolean }) {
  return (
    <details open={isOpen} className="group">
      <summary className="touch-target inline-flex items-center rounded-[4px] text-meta text-fg2 hover:text-accent">
        {label}
      </summary>
      <div className="mt-3 grid gap-3.5">{children}</div>
    </details>
  );
}
