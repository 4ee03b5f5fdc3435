/** How the form asks for a schedule: a few ordinary ones, or the expression itself. */
export type ScheduleChoice = {
  kind: "nightly" | "hours" | "weekdays" | "weekly" | "monthly" | "custom";
  /** "02:00" */
  time: string;
  everyHours: number;
  weekday: Weekday;
  dayOfMonth: number;
  /** What is written by hand; used by `custom`. */
  expression: string;
};

export const weekdays = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] as const;
export type Weekday = (typeof weekdays)[number];

/** Divisors of a day, so that the hours are the same every day. */
export const offeredHours = [1, 2, 3, 4, 6, 8, 12] as const;

export const ordinarySchedule: ScheduleChoice = {
  kind: "nightly",
  time: "02:00",
  everyHours: 6,
  weekday: "sat",
  dayOfMonth: 1,
  expression: "02:00",
};

/** The Proxmox calendar event a choice stands for. */
export function expressionOf(choice: ScheduleChoice): string {
  switch (choice.kind) {
    case "nightly":
      return choice.time;
    case "hours":
      return choice.everyHours === 1 ? "*:00" : `0/${choice.everyHours}:00`;
    case "weekdays":
      return `mon..fri ${choice.time}`;
    case "weekly":
      return `${choice.weekday} ${choice.time}`;
    case "monthly":
      return `*-*-${String(choice.dayOfMonth).padStart(2, "0")} ${choice.time}`;
    case "custom":
      return choice.expression;
    default:
      return choice.kind satisfies never;
  }
}

const time = /^(?:[01]\d|2[0-3]):[0-5]\d$/;

/** The choice that writes exactly this expression; `custom` for every other. */
export function choiceOf(expression: string): ScheduleChoice {
  const text = expression.trim();
  const custom: ScheduleChoice = { ...ordinarySchedule, kind: "custom", expression: text };
  const at = text.split(" ").at(-1) ?? "";
  const candidates: ScheduleChoice[] = [
    ...offeredHours.map((everyHours) => ({ ...custom, kind: "hours" as const, everyHours })),
    ...(time.test(at) ? timedChoices(custom, text, at) : []),
  ];
  return candidates.find((candidate) => expressionOf(candidate) === text) ?? custom;
}

function timedChoices(custom: ScheduleChoice, text: string, at: string): ScheduleChoice[] {
  const dayOfMonth = Number(/^\*-\*-(\d\d) /.exec(text)?.[1] ?? 0);
  return [
    { ...custom, kind: "nightly", time: at },
    { ...custom, kind: "weekdays", time: at },
    ...weekdays.map((weekday) => ({ ...custom, kind: "weekly" as const, weekday, time: at })),
    ...(dayOfMonth > 0 ? [{ ...custom, kind: "monthly" as const, dayOfMonth, time: at }] : []),
  ];
}

/** "2", "2:0", "230" and "2.30" are written as what they mean; anything else is left for the preview to refuse. */
export function fullTime(text: string): string {
  const [, hours, minutes = "0"] =
    /^(\d{1,2})[:.h](\d{1,2})$/.exec(text.trim()) ?? /^(\d{1,2}?)(\d\d)?$/.exec(text.trim()) ?? [];
  const whole = `${hours?.padStart(2, "0")}:${minutes.padStart(2, "0")}`;
  return time.test(whole) ? whole : text;
}
