"use client";

import type { PolicyBodyInput } from "@/lib/contracts/policies";
import { AppError } from "@/lib/domain/errors";
import { policyDestinationSchema, policySettingsSchema } from "@/lib/domain/policy";
import { describePolicy } from "@/lib/domain/policy-words";
import { useSettled } from "./use-settled";

type PolicySentenceProps = { body: PolicyBodyInput; guestCount: number };

/**
 * The policy in the words that lists will show of it. A module of its own, loaded after the form: reading schedules
 * brings a parser along. Spoken with a delay, so that a screen reader does not read every letter.
 */
export function PolicySentence({ body, guestCount }: PolicySentenceProps) {
  const sentence = sentenceOf(body, guestCount) ?? "Said here in words once everything is filled in.";
  const spoken = useSettled(sentence, 600);
  return (
    <>
      <p className="text-table leading-5">{sentence}</p>
      <p aria-live="polite" className="sr-only">
        {spoken}
      </p>
    </>
  );
}

/** Null while the draft is not a whole policy yet. */
function sentenceOf({ schedule, timeZone, settings, destinations }: PolicyBodyInput, guestCount: number) {
  const parsedSettings = policySettingsSchema.safeParse(settings);
  const parsedDestinations = policyDestinationSchema.array().min(1).safeParse(destinations);
  if (!parsedSettings.success || !parsedDestinations.success) return null;
  try {
    const policy = { schedule, timeZone, settings: parsedSettings.data, destinations: parsedDestinations.data };
    return describePolicy(policy, guestCount);
  } catch (error) {
    if (error instanceof AppError) return null;
    throw error;
  }
}
