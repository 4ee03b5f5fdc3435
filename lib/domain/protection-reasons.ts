import { isProofAtLeast, type Slot, slotLabel } from "./destination";
import { listed } from "./listed";
import type { Demands, Standing } from "./standing";
import { formatAge, formatSpan } from "./units";
import { wallClockMs } from "./zoned-time";

/** Why a guest stands as it does. Those that begin with "copy_" are about its copies at some of its destinations. */
export const reasonCodes = [
  "enough_copies",
  "copy_corrupt",
  "copy_failed",
  "copy_missing",
  "copy_unproven",
  "copy_old",
  "copy_absent",
  "copy_pending",
  "copy_running",
  "too_old",
  "too_few",
  "no_off_site",
  "no_target",
  "guest_locked",
  "no_good_copy",
  "no_policy",
  "policy_off",
  "new_in_policy",
  "new_in_no_policy",
  "excluded",
  "deleted",
] as const;
export type ReasonCode = (typeof reasonCodes)[number];

/** A reason as people read it, with the slots it is about and the first failure recorded there. */
export type Reason = { code: ReasonCode; text: string; slots: Slot[]; faultCause: string | null };

export const plainReason = (code: ReasonCode, text: string): Reason => ({ code, text, slots: [], faultCause: null });

/** What a guest's lock says Proxmox is doing with it (qemu-server and pve-container, property "lock"). */
const lockWords: Record<string, string> = {
  backup: "by another backup",
  clone: "by a clone",
  create: "by its creation",
  destroyed: "by its removal",
  disk: "by a disk operation",
  fstrim: "by a trim",
  migrate: "by a migration",
  mounted: "while mounted",
  rollback: "by a rollback",
  snapshot: "by a snapshot",
  "snapshot-delete": "by the removal of a snapshot",
  suspended: "while suspended",
  suspending: "by being suspended",
};

export function lockReason({ kind, upid }: { kind: string; upid: string | null }): Reason {
  const by = lockWords[kind] ?? `(${kind})`;
  return plainReason("guest_locked", `Skipped: guest was locked ${by}${upid ? ` (task ${upid})` : ""}`);
}

/** "48 h since the last good copy, target 30 h" */
export function tooOldReason(lastGoodAt: Date, targetMs: number, now: Date): Reason {
  return plainReason(
    "too_old",
    `${sinceText(lastGoodAt, targetMs, now)} since the last good copy, ${limitText(targetMs)}`,
  );
}

const hourMs = 3_600_000;

/** To the minute where whole hours could not be told from the target. */
function sinceText(at: Date, targetMs: number, now: Date): string {
  const ageMs = now.getTime() - at.getTime();
  return Math.abs(ageMs - targetMs) < hourMs ? formatSpan(ageMs) : formatAge(ageMs);
}

const limitText = (targetMs: number) => `target ${formatSpan(targetMs)}`;

/** The kinds of trouble at a slot, worst first. */
const troubles = ["corrupt", "failed", "missing", "unproven", "old", "absent", "pending", "running"] as const;
type Trouble = (typeof troubles)[number];

const troubleOfState = {
  corrupt: "corrupt",
  failed: "failed",
  missing: "missing",
  pending: "pending",
  copying: "running",
} as const satisfies Record<string, Trouble>;

function troubleOf({ newest, requiredProof }: Standing): Trouble {
  if (!newest || newest.state === "removed") return "absent";
  if (newest.state !== "good") return troubleOfState[newest.state];
  return isProofAtLeast(newest.proof, requiredProof) ? "old" : "unproven";
}

/** The worst of what is wrong at these slots, said of all slots where just that is wrong; undefined without slots. */
export function troubleReason(standings: readonly Standing[], now: Date): Reason | undefined {
  const trouble = troubles.find((kind) => standings.some((standing) => troubleOf(standing) === kind));
  if (!trouble) return undefined;
  const there = standings.filter((standing) => troubleOf(standing) === trouble);
  return {
    code: `copy_${trouble}`,
    text: troubleText(trouble, there, now),
    slots: there.map(({ slot }) => slot),
    faultCause: there.map(({ newest }) => newest?.faultCause ?? null).find((cause) => cause !== null) ?? null,
  };
}

function troubleText(trouble: Trouble, there: readonly Standing[], now: Date): string {
  const [one] = there;
  const places = listed(there.map(({ slot }) => slotLabel[slot]));
  const isOne = there.length === 1;
  const newest = isOne ? `Newest copy on ${places}` : `Newest copies on ${places}`;
  const be = isOne ? "is" : "are";
  switch (trouble) {
    case "corrupt": {
      const differences = new Set(there.map((standing) => differenceIn(standing.newest?.faultCause)));
      const [difference] = differences;
      return `${newest} ${be} corrupt${differences.size === 1 && difference ? `, ${difference}` : ""}`;
    }
    case "failed":
      return `${newest} failed`;
    case "missing":
      return `${newest} ${be} missing`;
    case "unproven":
      return isOne
        ? `${newest} is proven to ${one?.newest?.proof ?? "P0"}, ${one?.requiredProof} is required`
        : `${newest} are not proven as required`;
    case "old":
      return oldText(there, places, now);
    case "absent":
      return `No copy on ${places}`;
    case "pending":
      return `${newest} ${isOne ? "waits" : "wait"} to be proven`;
    case "running":
      return `${isOne ? "Copy" : "Copies"} to ${places} ${be} running`;
    default:
      return trouble satisfies never;
  }
}

function oldText(there: readonly Standing[], places: string, now: Date): string {
  const [one] = there;
  if (there.length === 1 && one?.newestGood && one.targetMs !== null) {
    const since = sinceText(one.newestGood.at, one.targetMs, now);
    return `${since} since the last good copy on ${places}, ${limitText(one.targetMs)}`;
  }
  const targets = new Set(there.map(({ targetMs }) => targetMs));
  const [targetMs] = targets;
  const limit = targets.size === 1 && typeof targetMs === "number" ? formatSpan(targetMs) : "target";
  return `No good copy within ${limit} on ${places}`;
}

/** What a recorded fault says differs; it is said only where it was found, never supposed. */
function differenceIn(faultCause: string | null | undefined): string | undefined {
  if (!faultCause) return undefined;
  if (/\b(SHA-256|MD5)\b/.test(faultCause)) return "checksum differs";
  return /\bbytes\b|\bsize\b/.test(faultCause) ? "size differs" : undefined;
}

/** Counted against what is asked: "1 of 2 good copies within 30 h". */
export function tooFewReason(count: number, { minCopies, targetMs }: Demands & { targetMs: number }): Reason {
  return plainReason("too_few", `${count} of ${minCopies} good copies within ${formatSpan(targetMs)}`);
}

/** Enough copies perhaps, but all in the house. */
export function noOffSiteReason({ policies, targetMs }: Demands & { targetMs: number }): Reason {
  if (policies.some((policy) => policy.slots.some((slot) => slot !== "local"))) {
    return plainReason("no_off_site", `No good off-site copy within ${formatSpan(targetMs)}`);
  }
  const [policy] = policies;
  const whose = policies.length === 1 ? `${policy?.name} has no` : "No policy of this guest has an";
  return plainReason("no_off_site", `${whose} off-site destination`);
}

/** "Excluded by Mira until 3 Dec: rebuilt from templates" */
export function exclusionReason(
  exclusion: { reason: string; by?: string | null; until: Date | null },
  { now, timeZone }: { now: Date; timeZone: string },
): Reason {
  const by = exclusion.by ? ` by ${exclusion.by}` : "";
  const until = exclusion.until ? ` until ${dayText(exclusion.until, now, timeZone)}` : "";
  return plainReason("excluded", `Excluded${by}${until}: ${exclusion.reason}`);
}

/** "Deleted in Proxmox on 3 Nov, 15 copies kept" */
export function deletionReason(
  archivedAt: Date,
  keptCount: number | undefined,
  { now, timeZone }: { now: Date; timeZone: string },
): Reason {
  const copies = keptCount === 1 ? "1 copy" : `${keptCount || "no"} copies`;
  const kept = keptCount === undefined ? "" : `, ${copies} kept`;
  return plainReason("deleted", `Deleted in Proxmox on ${dayText(archivedAt, now, timeZone)}${kept}`);
}

/** "New, joins Nightly tonight at 02:00" */
export function newcomerReason({ policies }: Demands, { now, timeZone }: { now: Date; timeZone: string }): Reason {
  const next = policies
    .flatMap(({ name, nextRunAt }) => (nextRunAt && nextRunAt > now ? [{ name, at: nextRunAt }] : []))
    .toSorted((a, b) => a.at.getTime() - b.at.getTime())[0];
  if (next) return plainReason("new_in_policy", `New, joins ${next.name} ${whenText(next.at, now, timeZone)}`);
  return plainReason("new_in_policy", `New, in ${listed(policies.map(({ name }) => name))}`);
}

const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const dayMs = 24 * hourMs;

function dayText(at: Date, now: Date, timeZone: string): string {
  const [day, today] = [at, now].map((instant) => new Date(wallClockMs(instant.getTime(), timeZone)));
  if (!day || !today) return "";
  const year = day.getUTCFullYear() === today.getUTCFullYear() ? "" : ` ${day.getUTCFullYear()}`;
  return `${day.getUTCDate()} ${months[day.getUTCMonth()]}${year}`;
}

/** "tonight at 02:00", "today at 14:00", "tomorrow at 09:00", "on 3 Dec at 02:00" */
function whenText(at: Date, now: Date, timeZone: string): string {
  const wallMs = wallClockMs(at.getTime(), timeZone);
  const clock = new Date(wallMs).toISOString().slice(11, 16);
  const hour = new Date(wallMs).getUTCHours();
  const isAtNight = hour >= 20 || hour < 6;
  if (isAtNight && at.getTime() - now.getTime() < dayMs) return `tonight at ${clock}`;
  const daysAhead = Math.floor(wallMs / dayMs) - Math.floor(wallClockMs(now.getTime(), timeZone) / dayMs);
  if (daysAhead === 0) return `today at ${clock}`;
  return daysAhead === 1 ? `tomorrow at ${clock}` : `on ${dayText(at, now, timeZone)} at ${clock}`;
}
