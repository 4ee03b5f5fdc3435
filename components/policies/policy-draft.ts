import type { PolicyBodyInput, PolicyView } from "@/lib/contracts/policies";
import { type Proof, type Slot, slots } from "@/lib/domain/destination";
import type { BackupMode, GuestSelection } from "@/lib/domain/guest";
import type { RetentionRules } from "@/lib/domain/retention";
import { choiceOf, expressionOf, ordinarySchedule, type ScheduleChoice } from "./schedule-choice";

export const ruleNames = ["keepLast", "keepHourly", "keepDaily", "keepWeekly", "keepMonthly", "keepYearly"] as const;
export type RuleName = (typeof ruleNames)[number];

/** Numbers are kept as they are typed: an empty field is not a zero. */
export type RuleTexts = Record<RuleName, string> & { keepAll: boolean };
export type SlotDraft = { isOn: boolean; isRequired: boolean; rules: RuleTexts };

/** A policy as the form holds it while somebody types. */
export type PolicyDraft = {
  name: string;
  selectionKind: GuestSelection["kind"];
  exceptVmids: number[];
  pickedVmids: number[];
  tags: string[];
  nodes: string[];
  pools: string;
  schedule: ScheduleChoice;
  timeZone: string;
  startGraceMinutes: string;
  maxDurationHours: string;
  catchUp: boolean;
  mode: BackupMode;
  engine: "frames" | "stock";
  compressionLevel: string;
  compressionThreads: string;
  dumpLimitMib: string;
  transferLimitMib: string;
  copySource: "primary" | "auto";
  includeHostConfig: boolean;
  minCopies: string;
  requiredProof: Proof;
  targetHours: string;
  slots: Record<Slot, SlotDraft>;
  /** Whether each destination has rules of its own on screen, or only "keep the last N". */
  isKeepAdvanced: boolean;
};

const keepLast = (count: number): RuleTexts => ({
  keepAll: false,
  keepLast: String(count),
  keepHourly: "0",
  keepDaily: "0",
  keepWeekly: "0",
  keepMonthly: "0",
  keepYearly: "0",
});

/** What a new policy begins with: every night, all guests, 2 local and 15 remote, everything required. */
export function newDraft(
  timeZone: string,
  slotsThere: readonly Slot[],
  takenNames: readonly string[] = [],
): PolicyDraft {
  const slotDraft = (slot: Slot): SlotDraft => ({
    isOn: slotsThere.includes(slot),
    isRequired: true,
    rules: keepLast(slot === "local" ? 2 : 15),
  });
  return {
    name: freeName("Nightly", takenNames),
    selectionKind: "all",
    exceptVmids: [],
    pickedVmids: [],
    tags: [],
    nodes: [],
    pools: "",
    schedule: ordinarySchedule,
    timeZone,
    startGraceMinutes: "30",
    maxDurationHours: "4",
    catchUp: false,
    mode: "snapshot",
    engine: "frames",
    compressionLevel: "3",
    compressionThreads: "2",
    dumpLimitMib: "0",
    transferLimitMib: "0",
    copySource: "primary",
    includeHostConfig: true,
    minCopies: String(Math.min(2, Math.max(1, slotsThere.length))),
    requiredProof: "P2",
    targetHours: "",
    slots: {
      local: slotDraft("local"),
      primary: slotDraft("primary"),
      secondary: slotDraft("secondary"),
      tertiary: slotDraft("tertiary"),
    },
    isKeepAdvanced: false,
  };
}

/** "Nightly", "Nightly 2", …: so that a new policy can be saved as it is. */
function freeName(name: string, taken: readonly string[]): string {
  const isFree = (candidate: string) => !taken.some((other) => other.toLowerCase() === candidate.toLowerCase());
  for (let number = 1; ; number++) {
    const candidate = number === 1 ? name : `${name} ${number}`;
    if (isFree(candidate)) return candidate;
  }
}

/** A saved policy, opened for editing. */
export function draftOf(policy: PolicyView): PolicyDraft {
  const { selection, ...settings } = policy.settings;
  const blank = newDraft(policy.timeZone, []);
  const drafts = { ...blank.slots };
  for (const { slot, isRequired, retention } of policy.destinations) {
    drafts[slot] = { isOn: true, isRequired, rules: textsOf(retention) };
  }
  return {
    ...blank,
    name: policy.name,
    selectionKind: selection.kind,
    exceptVmids: selection.kind === "all" ? selection.exceptVmids : [],
    pickedVmids: selection.kind === "picked" ? selection.vmids : [],
    tags: selection.kind === "tags" ? selection.tags : [],
    nodes: selection.kind === "nodes" ? selection.nodes : [],
    pools: selection.kind === "pools" ? selection.pools.join(", ") : "",
    schedule: choiceOf(policy.schedule),
    startGraceMinutes: String(settings.startGraceMinutes),
    maxDurationHours: String(settings.maxDurationMinutes / 60),
    catchUp: settings.catchUp,
    mode: settings.mode,
    engine: settings.engine,
    compressionLevel: String(settings.compressionLevel),
    compressionThreads: String(settings.compressionThreads),
    dumpLimitMib: String(settings.dumpLimitKibPerSecond / 1024),
    transferLimitMib: String(settings.transferLimitKibPerSecond / 1024),
    copySource: settings.copySource,
    includeHostConfig: settings.includeHostConfig,
    minCopies: String(settings.minCopies),
    requiredProof: settings.requiredProof,
    targetHours: settings.targetMinutes === null ? "" : String(settings.targetMinutes / 60),
    slots: drafts,
    isKeepAdvanced: hasOwnRules(drafts),
  };
}

function textsOf(rules: RetentionRules): RuleTexts {
  const counts = Object.fromEntries(ruleNames.map((name) => [name, String(rules[name])])) as Record<RuleName, string>;
  return { ...counts, keepAll: rules.keepAll };
}

/** Whether the drafts say more than "the last N here, the last M on every remote". */
function hasOwnRules(drafts: Record<Slot, SlotDraft>): boolean {
  const used = slots.filter((slot) => drafts[slot].isOn);
  const isPlain = ({ rules }: SlotDraft) =>
    !rules.keepAll && ruleNames.every((name) => name === "keepLast" || rules[name] === "0");
  const remoteCounts = new Set(used.filter((slot) => slot !== "local").map((slot) => drafts[slot].rules.keepLast));
  return remoteCounts.size > 1 || used.some((slot) => !isPlain(drafts[slot]));
}

/** An empty or odd text becomes NaN, which the contract refuses with its own words. */
const numberOf = (text: string) => (text.trim() === "" ? Number.NaN : Number(text));

/** The rules of a destination, as they are sent. */
export function rulesOf(texts: RuleTexts): RetentionRules {
  const counts = Object.fromEntries(
    ruleNames.map((name) => [name, texts.keepAll ? 0 : numberOf(texts[name])]),
  ) as Record<RuleName, number>;
  return { ...counts, keepAll: texts.keepAll };
}

/** Whether every count is a number that can be asked about; while one is being typed there is nothing to preview. */
export function hasWholeCounts(rules: RetentionRules): boolean {
  return ruleNames.every((name) => Number.isInteger(rules[name]) && rules[name] >= 0);
}

/** The body a save sends; whether it is valid is the contract's to say. */
export function bodyOf(draft: PolicyDraft): PolicyBodyInput {
  return {
    name: draft.name,
    schedule: expressionOf(draft.schedule),
    timeZone: draft.timeZone,
    settings: {
      selection: selectionOf(draft),
      mode: draft.mode,
      engine: draft.engine,
      compressionLevel: numberOf(draft.compressionLevel),
      compressionThreads: numberOf(draft.compressionThreads),
      dumpLimitKibPerSecond: Math.round(numberOf(draft.dumpLimitMib) * 1024),
      transferLimitKibPerSecond: Math.round(numberOf(draft.transferLimitMib) * 1024),
      copySource: draft.copySource,
      includeHostConfig: draft.includeHostConfig,
      minCopies: numberOf(draft.minCopies),
      requiredProof: draft.requiredProof,
      catchUp: draft.catchUp,
      startGraceMinutes: numberOf(draft.startGraceMinutes),
      maxDurationMinutes: Math.round(numberOf(draft.maxDurationHours) * 60),
      targetMinutes: draft.targetHours.trim() === "" ? null : Math.round(numberOf(draft.targetHours) * 60),
    },
    destinations: slots
      .filter((slot) => draft.slots[slot].isOn)
      .map((slot) => ({
        slot,
        isRequired: slot === "local" || draft.slots[slot].isRequired,
        retention: rulesOf(draft.slots[slot].rules),
      })),
  };
}

export function selectionOf(draft: PolicyDraft): GuestSelection {
  switch (draft.selectionKind) {
    case "all":
      return { kind: "all", exceptVmids: draft.exceptVmids };
    case "picked":
      return { kind: "picked", vmids: draft.pickedVmids };
    case "tags":
      return { kind: "tags", tags: draft.tags };
    case "nodes":
      return { kind: "nodes", nodes: draft.nodes };
    case "pools":
      return {
        kind: "pools",
        pools: draft.pools
          .split(",")
          .map((pool) => pool.trim())
          .filter(Boolean),
      };
    default:
      return draft.selectionKind satisfies never;
  }
}
