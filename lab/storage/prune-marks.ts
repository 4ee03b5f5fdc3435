export type KeepOptions = Partial<Record<(typeof keepKeys)[number], number>> & { "keep-all"?: number };
export type PruneMark = "keep" | "remove" | "protected" | "renamed";

const keepKeys = ["keep-last", "keep-hourly", "keep-daily", "keep-weekly", "keep-monthly", "keep-yearly"] as const;

/** `keep-last=3,keep-daily=7` as its options, or what is wrong with it in Proxmox's words. */
export function parseKeepOptions(text: string): { ok: true; keep: KeepOptions } | { ok: false; error: string } {
  const keep: KeepOptions = {};
  for (const part of text.split(",").filter(Boolean)) {
    const [, key = "", value = ""] = /^([^=]+)=(.*)$/.exec(part.trim()) ?? [];
    if (key === "") return { ok: false, error: "value without key, but schema does not define a default key" };
    if (key === "keep-all" && /^(0|1|on|off|yes|no|true|false)$/i.test(value)) {
      keep["keep-all"] = /^(1|on|yes|true)$/i.test(value) ? 1 : 0;
    } else if (keepKeys.some((known) => known === key) && /^\d+$/.test(value)) {
      keep[key as (typeof keepKeys)[number]] = Number(value);
    } else if (keepKeys.some((known) => known === key)) {
      return { ok: false, error: `format error\nprune-backups.${key}: type check ('integer') failed - got '${value}'` };
    } else {
      const reason = "property is not defined in schema and the schema does not allow additional properties";
      return { ok: false, error: `format error\nprune-backups.${key}: ${reason}` };
    }
  }
  const hasCount = keepKeys.some((key) => (keep[key] ?? 0) > 0);
  if (keep["keep-all"] === 1 && hasCount)
    return { ok: false, error: "keep-all cannot be set together with other options." };
  return { ok: true, keep: hasCount ? keep : { "keep-all": 1 } };
}

/** The options as Proxmox prints them: sorted by key. */
export function keepOptionsText(keep: KeepOptions): string {
  return Object.entries(keep)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => `${key}=${value}`)
    .join(", ");
}

export const keepsEverything = (keep: KeepOptions) => keep["keep-all"] === 1 || keepKeys.every((key) => !keep[key]);

/** How many backups a limit instead of a prune allows: the sum of the counts. */
export const keepCount = (keep: KeepOptions) => keepKeys.reduce((sum, key) => sum + (keep[key] ?? 0), 0);

type Candidate = { createdAt: Date; isProtected: boolean; hasStandardName: boolean };

/** Marks one guest's backups as pve-storage's prune_mark_backup_group does, in the time zone of this process. */
export function markBackups<Backup extends Candidate>(
  backups: readonly Backup[],
  keep: KeepOptions,
): Map<Backup, PruneMark> {
  const marks = new Map<Backup, PruneMark>();
  for (const backup of backups) {
    if (backup.isProtected) marks.set(backup, "protected");
    else if (!backup.hasStandardName) marks.set(backup, "renamed");
  }
  const newestFirst = backups.toSorted((a, b) => b.createdAt.getTime() - a.createdAt.getTime());
  if (!keepsEverything(keep)) {
    for (const key of keepKeys) if (keep[key]) applyRule(newestFirst, marks, keep[key], periodOf[key]);
  }
  const rest: PruneMark = keepsEverything(keep) ? "keep" : "remove";
  for (const backup of backups) if (!marks.has(backup)) marks.set(backup, rest);
  return marks;
}

function applyRule<Backup extends Candidate>(
  newestFirst: readonly Backup[],
  marks: Map<Backup, PruneMark>,
  count: number,
  period: (date: Date) => string,
): void {
  const covered = new Set(
    newestFirst.filter((backup) => marks.get(backup) === "keep").map((backup) => period(backup.createdAt)),
  );
  const used = new Set<string>();
  for (const backup of newestFirst) {
    const bucket = period(backup.createdAt);
    if (marks.has(backup) || covered.has(bucket)) continue;
    if (used.has(bucket)) marks.set(backup, "remove");
    else if (used.size >= count) return;
    else {
      used.add(bucket);
      marks.set(backup, "keep");
    }
  }
}

const day = (date: Date) => `${date.getDate()}/${date.getMonth()}/${date.getFullYear()}`;

const periodOf: Record<(typeof keepKeys)[number], (date: Date) => string> = {
  "keep-last": (date) => String(date.getTime()),
  "keep-hourly": (date) => `${date.getHours()} ${day(date)}`,
  "keep-daily": day,
  "keep-weekly": isoWeek,
  "keep-monthly": (date) => `${date.getMonth()}/${date.getFullYear()}`,
  "keep-yearly": (date) => String(date.getFullYear()),
};

function isoWeek(date: Date): string {
  const thursday = new Date(date.getFullYear(), date.getMonth(), date.getDate() + 3 - ((date.getDay() + 6) % 7));
  const firstThursday = new Date(thursday.getFullYear(), 0, 4);
  const days = Math.round((thursday.getTime() - firstThursday.getTime()) / 86_400_000);
  return `${thursday.getFullYear()} ${1 + Math.floor((days + ((firstThursday.getDay() + 6) % 7)) / 7)}`;
}
