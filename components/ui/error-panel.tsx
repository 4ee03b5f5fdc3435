import { OctagonX } from "lucide-react";
import type { ReactNode } from "react";

type ErrorPanelProps = {
  cause: string;
  /** What is untouched by it. */
  safe?: string | undefined;
  /** Buttons that mend it. */
  action?: ReactNode;
  /** Found again in the server's log. */
  errorId?: string | undefined;
};

/** Why this part could not be shown or done, what is still safe, and one thing to do. */
export function ErrorPanel({ cause, safe, action, errorId }: ErrorPanelProps) {
  return (
    <div role="alert" className="m-4 grid gap-2.5 rounded-control bg-fail-panel px-3 py-2.5 text-meta">
      <div className="flex gap-2.5">
        <OctagonX className="mt-px size-4 shrink-0 text-fail-text" strokeWidth={2} aria-hidden />
        <p className="min-w-0 wrap-anywhere">
          <b className="font-heading">{cause}</b> {safe}
          {errorId && (
            <span className="mt-1 block text-fg2">
              Error ID <code className="font-mono select-all">{errorId}</code>
            </span>
          )}
        </p>
      </div>
      {action && <div className="flex flex-wrap gap-1.5">{action}</div>}
    </div>
  );
}
