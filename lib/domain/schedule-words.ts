import type { CalendarEvent, CalendarValue } from "./calendar-event";
import { parseCron } from "./cron";
import { listed } from "./listed";
import { parseSchedule, type Schedule } from "./schedule";

/** Every value a field allows, ascending; null allows all. */
type Field = number[] | null;
type Times = { hours: Field; minutes: Field };
type Days = { weekdays: Field; days: Field; months: Field };

const weekdayNames = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
const monthNames = "January February March April May June July August September October November December".split(" ");
const maxListed = 4;

/**
 * A schedule as a sentence without its zone: "Every night at 02:00", "Every 6 hours", "Monday to Friday, every hour at
 * minute 22". Falls back to the expression where words would be longer than it. Throws as parseSchedule does.
 */
export function describeSchedule(schedule: Schedule | string): string {
  const parsed = typeof schedule === "string" ? parseSchedule(schedule) : schedule;
  const fields = parsed.kind === "calendar" ? calendarFields(parsed.event) : cronFields(parsed.expression);
  const words = fields && sentence(fields, fields);
  if (!words) return parsed.expression;
  return parsed.kind === "calendar" && parsed.event.isUtc ? `${words} UTC` : words;
}

function sentence(times: Times, days: Days): string | null {
  const dayWords = describeDays(days);
  const repeated = describeRepetition(times);
  if (repeated !== null) {
    if (dayWords === null) return null;
    return capitalised(dayWords === everyDay ? repeated : `${dayWords}, ${repeated}`);
  }
  const clock = clockTimes(times);
  if (clock === null || dayWords === null) return null;
  const isAtNight = times.hours?.every((hour) => hour < 6 || hour >= 21) === true;
  return capitalised(`${dayWords === everyDay && isAtNight ? "every night" : dayWords} at ${listed(clock)}`);
}

const everyDay = "every day";

function describeDays({ weekdays, days, months }: Days): string | null {
  if (weekdays && (days || months)) {
    const isFirstWeek = days?.length === 7 && days[0] === 1 && days[6] === 7;
    const [weekday = 0] = weekdays;
    return isFirstWeek && weekdays.length === 1 && !months
      ? `on the first ${weekdayNames[weekday]} of every month`
      : null;
  }
  if (weekdays) return describeWeekdays(weekdays);
  if (months && !days) return null;
  if (!days) return everyDay;
  if (days.length > maxListed) return null;
  if (!months) return `on day${days.length > 1 ? "s" : ""} ${listed(days.map(String))} of every month`;
  const [day] = days;
  if (days.length > 1 || months.length > maxListed) return null;
  return `every year on ${listed(months.map((month) => `${day} ${monthNames[month - 1]}`))}`;
}

function describeWeekdays(weekdays: number[]): string {
  const [first = 0] = weekdays;
  const last = weekdays.at(-1) ?? first;
  if (weekdays.length >= 3 && last - first === weekdays.length - 1) {
    return `${weekdayNames[first]} to ${weekdayNames[last]}`;
  }
  return `every ${listed(weekdays.map((weekday) => weekdayNames[weekday] ?? ""))}`;
}

/** "every 15 minutes", "every hour at minute 22", "every 6 hours"; null where the times are better listed. */
function describeRepetition({ hours, minutes }: Times): string | null {
  const [minute = 0] = minutes ?? [];
  const minuteStep = minutes === null ? 1 : stepOf(minutes, 60);
  if (hours === null) {
    if (minuteStep !== null && minuteStep < 60)
      return minuteStep === 1 ? "every minute" : `every ${minuteStep} minutes`;
    if (minutes?.length !== 1) return null;
    return minute === 0 ? "every hour" : `every hour at minute ${minute}`;
  }
  const hourStep = stepOf(hours, 24);
  if (minutes?.length === 1 && hourStep !== null && hourStep < 24) {
    return minute === 0 ? `every ${hourStep} hours` : `every ${hourStep} hours at minute ${minute}`;
  }
  const [firstHour = 0] = hours;
  const lastHour = hours.at(-1) ?? firstHour;
  const isOneSpan = hours.length > 1 && lastHour - firstHour === hours.length - 1;
  if (!isOneSpan || minutes === null || minuteStep === null) return null;
  const span = `from ${clock(firstHour, 0)} to ${clock(lastHour, minutes.at(-1) ?? 0)}`;
  if (minuteStep === 60) return `every hour ${span}`;
  return `every ${minuteStep} minutes ${span}`;
}

/** The step of values that begin at 0 and divide the whole evenly, as 0, 15, 30, 45 divide 60; else null. */
function stepOf(values: readonly number[], whole: number): number | null {
  const step = whole / values.length;
  return Number.isInteger(step) && values.every((value, index) => value === index * step) ? step : null;
}

function clockTimes({ hours, minutes }: Times): string[] | null {
  if (hours === null || minutes === null || hours.length * minutes.length > maxListed) return null;
  return hours.flatMap((hour) => minutes.map((minute) => clock(hour, minute)));
}

const clock = (hour: number, minute: number) => `${String(hour).padStart(2, "0")}:${String(minute).padStart(2, "0")}`;
const capitalised = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);

function calendarFields(event: CalendarEvent): (Times & Days) | null {
  const seconds = expand(event.seconds, 0, 59);
  if (event.years.length > 0 || seconds?.length !== 1 || seconds[0] !== 0) return null;
  return {
    hours: expand(event.hours, 0, 23),
    minutes: expand(event.minutes, 0, 59),
    days: expand(event.days, 1, 31),
    months: expand(event.months, 1, 12),
    weekdays: event.weekdays.length === 0 || event.weekdays.length === 7 ? null : [...event.weekdays],
  };
}

function expand(values: readonly CalendarValue[], smallest: number, largest: number): Field {
  if (values.length === 0) return null;
  const range = Array.from({ length: largest - smallest + 1 }, (_, index) => smallest + index);
  const allowed = range.filter((number) =>
    values.some(({ from, to, step }) => number >= from && number <= to && (number - from) % step === 0),
  );
  return allowed.length === range.length ? null : allowed;
}

/** Null for what only cron can say: "L", "#", and a weekday beside a day of month, which means either. */
function cronFields(expression: string): (Times & Days) | null {
  if (/[l#]/i.test(expression.replace(/[a-z]{3}/gi, ""))) return null;
  const { minute, hour, dayOfMonth, month, dayOfWeek } = parseCron(expression, 0, "UTC").fields;
  const valuesOf = (field: { isWildcard: boolean; values: readonly (number | string)[] }, count: number): Field => {
    const values = field.values.map(Number);
    return field.isWildcard || values.length >= count ? null : values.sort((a, b) => a - b);
  };
  const weekdays = valuesOf(dayOfWeek, 7)?.map((sundayFirst) => (sundayFirst + 6) % 7);
  const days = valuesOf(dayOfMonth, 31);
  if (weekdays && days) return null;
  return {
    hours: valuesOf(hour, 24),
    minutes: valuesOf(minute, 60),
    days,
    months: valuesOf(month, 12),
    weekdays: weekdays ? [...new Set(weekdays)].sort((a, b) => a - b) : null,
  };
}
