"use client";

import { createContext, type ReactNode, useContext } from "react";
import type { GuestView } from "@/lib/contracts/guests";
import type { Slot } from "@/lib/domain/destination";
import type { PolicyDraft } from "./policy-draft";

export type FieldErrors = Record<string, string>;

type FormState = {
  draft: PolicyDraft;
  change: (part: Partial<PolicyDraft>) => void;
  /** By path of the body: "settings.minCopies", "destinations.1.retention.keepLast". */
  errors: FieldErrors;
  guests: readonly GuestView[];
  slotsThere: readonly Slot[];
};

const FormContext = createContext<FormState | null>(null);

export function PolicyFormProvider({ value, children }: { value: FormState; children: ReactNode }) {
  return <FormContext value={value}>{children}</FormContext>;
}

/** The draft of the form around, and how a field changes it. */
export function usePolicyForm(): FormState {
  const state = useContext(FormContext);
  if (!state) throw new Error("a policy field stands outside its form");
  return state;
}

/** The first error at a path or below it. */
export function errorAt(errors: FieldErrors, path: string): string | undefined {
  return errors[path] ?? Object.entries(errors).find(([at]) => at.startsWith(`${path}.`))?.[1];
}

/** Where the error summary leads: the section that holds a path. */
export function sectionOf(path: string): { id: string; title: string } {
  if (path === "name") return { id: "name", title: "Name" };
  if (path.startsWith("settings.selection")) return { id: "guests", title: "Guests" };
  if (path === "schedule" || path === "timeZone") return { id: "when", title: "When" };
  if (/^settings\.(startGrace|maxDuration|catchUp)/.test(path)) return { id: "when", title: "When" };
  if (/^destinations\.\d+\.retention/.test(path)) return { id: "keep", title: "Keep" };
  if (path.startsWith("destinations") || /^settings\.(minCopies|copySource)/.test(path))
    return { id: "where", title: "Where" };
  if (/^settings\.(requiredProof|target)/.test(path)) return { id: "prove", title: "Prove" };
  return { id: "how", title: "How" };
}
