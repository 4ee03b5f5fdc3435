import { CircleAlert } from "lucide-react";
import { type ReactNode, useId } from "react";

export type FieldControl = {
  id: string;
  "aria-describedby": string | undefined;
  "aria-invalid": true | undefined;
};

type FieldProps = {
  label: ReactNode;
  hint?: ReactNode;
  error?: string | undefined;
  /** Gets the ids that tie the control to its label, hint and error. */
  children: (control: FieldControl) => ReactNode;
};

/** A visible label, its control, a hint and, where there is one, the error in words. */
export function Field({ label, hint, error, children }: FieldProps) {
  const id = useId();
  const describedBy = [hint ? `${id}-hint` : "", error ? `${id}-error` : ""].filter(Boolean).join(" ");
  return (
    <div className="grid content-start justify-items-start gap-1">
      <label htmlFor={id} className="text-table font-medium">
        {label}
      </label>
      {children({ id, "aria-describedby": describedBy || undefined, "aria-invalid": error ? true : undefined })}
      {hint && (
        <p id={`${id}-hint`} className="text-meta text-fg3">
          {hint}
        </p>
      )}
      <FieldError id={`${id}-error`} error={error} />
    </div>
  );
}

/** Says in words what is wrong with a field. */
export function FieldError({ id, error }: { id?: string; error: string | undefined }) {
  if (!error) return null;
  return (
    <p id={id} className="flex items-start gap-1.5 text-meta text-fail-text">
      <CircleAlert className="mt-0.5 size-3.5 shrink-0" strokeWidth={2} aria-hidden />
      {error}
    </p>
  );
}

type GroupProps = { legend: string; children: ReactNode; isLegendHidden?: boolean };

/** Controls that answer one question. */
export function FieldGroup({ legend, children, isLegendHidden = false }: GroupProps) {
  return (
    <fieldset className="grid min-w-0 gap-2">
      <legend className={isLegendHidden ? "sr-only" : "mb-1 text-table font-medium"}>{legend}</legend>
      {children}
    </fieldset>
  );
}
