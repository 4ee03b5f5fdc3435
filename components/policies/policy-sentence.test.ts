import { describe, expect, it } from "vitest";
import { slots } from "@/lib/domain/destination";
import { bodyOf, newDraft } from "./policy-draft";
import { policySentence } from "./policy-sentence";

const facts = { scheduleWords: "Every night at 02:00", guestCount: 43, nodeCount: 3 };

describe("policySentence", () => {
  it("says what a new policy does", () => {
    expect(policySentence(bodyOf(newDraft("Europe/Berlin", slots)), facts)).toBe(
      "Every night at 02:00 (Europe/Berlin), back up 43 guests on 3 nodes and each node's configuration to Local, Primary, Secondary and Tertiary. Keep 2 on Local and 15 on each remote. Check every copy.",
    );
  });

  it("names rules beyond the last ones, and keeping everything", () => {
    const draft = newDraft("UTC", ["local", "primary"]);
    const local = { ...draft.slots.local, rules: { ...draft.slots.local.rules, keepAll: true } };
    const primary = {
      ...draft.slots.primary,
      rules: { ...draft.slots.primary.rules, keepDaily: "7", keepYearly: "1" },
    };
    const body = bodyOf({ ...draft, slots: { ...draft.slots, local, primary } });

    expect(policySentence(body, { ...facts, guestCount: 1, nodeCount: 1 })).toContain(
      "Keep everything on Local and the last 15, 7 daily, 1 yearly on Primary.",
    );
  });

  it("stays a sentence while things are unknown", () => {
    const body = { ...bodyOf(newDraft("UTC", [])), destinations: [] };

    expect(policySentence(body, { scheduleWords: null, guestCount: null, nodeCount: null })).toBe(
      "At a time not understood yet (UTC), back up the guests and each node's configuration to nowhere yet. Check every copy.",
    );
  });
});
