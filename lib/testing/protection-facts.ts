import { type CopyState, copyStateSchema, proofSchema, type Slot, slots } from "@/lib/domain/destination";
import type { ProtectionFacts } from "@/lib/domain/protection";
import type { KnownCopy, ProtectingPolicy } from "@/lib/domain/standing";

export const hourMs = 3_600_000;
export const now = new Date("2026-11-19T09:00:00Z");
export const ago = (age: string) => {
  const [, count = "0", unit = "h"] = /^(-?\d+)([mhd])$/.exec(age) ?? [];
  return new Date(now.getTime() - Number(count) * { m: 60_000, h: hourMs, d: 24 * hourMs }[unit as "m" | "h" | "d"]);
};
const slotOf: Record<string, Slot> = { L: "local", 1: "primary", 2: "secondary", 3: "tertiary" };
export const slotsOf = (letters: string) => [...letters].map((letter) => slotOf[letter] ?? "local");

/** "L 7h P3, 2 7h corrupt": slot, age, and what is not a good copy of proof P2 proven within minutes. */
export const copiesOf = (text: string): KnownCopy[] =>
  text.split(", ").flatMap((entry) => {
    const [slot = "", age = "", ...more] = entry.split(" ");
    if (slot === "") return [];
    const state = more.find((word): word is CopyState => copyStateSchema.safeParse(word).success) ?? "good";
    const proof = more.map((word) => proofSchema.safeParse(word).data).find((found) => found !== undefined);
    const takenAt = ago(age);
    const provedAt = state === "good" ? new Date(Math.min(takenAt.getTime() + 600_000, now.getTime())) : null;
    return slotsOf(slot).map((place) => ({
      slot: place,
      state,
      proof: proof ?? (state === "good" ? ("P2" as const) : null),
      takenAt,
      provedAt,
    }));
  });

export const nightly: ProtectingPolicy = {
  id: "nightly",
  name: "Nightly",
  isEnabled: true,
  targetMs: 30 * hourMs,
  minCopies: 2,
  requiredProof: "P2",
  slots,
};
export const inSlots = (letters: string, more: Partial<ProtectingPolicy> = {}) => ({
  ...nightly,
  slots: slotsOf(letters),
  ...more,
});
export const weekly = { id: "weekly", name: "Weekly", targetMs: 210 * hourMs };

export type Given = {
  copies?: string;
  policies?: ProtectingPolicy[];
  guest?: Partial<ProtectionFacts["guest"]>;
  lock?: ProtectionFacts["lock"];
  faultCause?: string;
};
export const factsOf = ({ copies = "", policies = [nightly], guest, lock, faultCause }: Given): ProtectionFacts => ({
  now,
  timeZone: "Europe/Berlin",
  guest: { firstSeenAt: ago("90d"), archivedAt: null, exclusion: null, ...guest },
  policies,
  copies: copiesOf(copies).map((copy) => (copy.state === "good" ? copy : { ...copy, faultCause: faultCause ?? null })),
  lock: lock ?? null,
});
