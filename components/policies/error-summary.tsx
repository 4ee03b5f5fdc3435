import type { Ref } from "react";
import { type FieldErrors, sectionOf } from "./policy-form-state";

type ErrorSummaryProps = { ref: Ref<HTMLDivElement>; errors: FieldErrors };

/** What keeps the form from being saved, with links to where it stands. Takes the focus when it appears. */
export function ErrorSummary({ ref, errors }: ErrorSummaryProps) {
  const entries = Object.entries(errors);
  if (entries.length === 0) return null;
  return (
    <div ref={ref} tabIndex={-1} role="alert" className="rounded-card bg-fail-panel px-4 py-3 text-table">
      <p className="font-heading">
        {entries.length === 1
          ? "One thing keeps this from being saved"
          : `${entries.length} things keep this from being saved`}
      </p>
      <ul className="mt-1 grid gap-0.5">
        {entries.map(([path, reason]) => {
          const { id, title } = sectionOf(path);
          return (
            <li key={path}>
              <a href={`#${id}`} className="underline underline-offset-2 hover:text-accent">
                {title}
              </a>
              : {reason}
            </li>
          );
        })}
      </ul>
    </div>
  );
}
