import { AppError } from "./errors";

/** Every `step` from `from`, up to and including `to`; open upwards where the expression gives no end. */
export type CalendarValue = { from: number; to: number; step: number };

/** An empty list means any value. */
export type CalendarEvent = {
  /** The expression ends in "UTC": computed in UTC whatever the zone. */
  isUtc: boolean;
  /** 0 is Monday. */
  weekdays: readonly number[];
  years: readonly CalendarValue[];
  months: readonly CalendarValue[];
  days: readonly CalendarValue[];
  hours: readonly CalendarValue[];
  minutes: readonly CalendarValue[];
  seconds: readonly CalendarValue[];
};

type Parsed<Value> = { value: Value; rest: string };
/** `undefined` is "does not match here": the caller may try something else, and the input is untouched. */
type Parser<Value> = (input: string) => Parsed<Value> | undefined;
type Fields = Omit<CalendarEvent, "isUtc">;

const only = (value: number): CalendarValue[] => [{ from: value, to: value, step: 1 }];
const anyTime: Fields = { weekdays: [], years: [], months: [], days: [], hours: [], minutes: [], seconds: [] };
const atSecond0: Fields = { ...anyTime, seconds: only(0) };
const atMinute0: Fields = { ...atSecond0, minutes: only(0) };
const atMidnight: Fields = { ...atMinute0, hours: only(0) };
const onFirst: Fields = { ...atMidnight, days: only(1) };
const yearly: Fields = { ...onFirst, months: only(1) };
const semiannually: Fields = { ...onFirst, months: [1, 7].flatMap(only) };

const keywords: Record<string, Fields> = {
  minutely: atSecond0,
  hourly: atMinute0,
  daily: atMidnight,
  weekly: { ...atMidnight, weekdays: [0] },
  monthly: onFirst,
  quarterly: { ...onFirst, months: [1, 4, 7, 10].flatMap(only) },
  semiannually,
  "semi-annually": semiannually,
  yearly,
  annually: yearly,
};

const weekdayNames = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

/**
 * Parses a Proxmox calendar event ("mon..fri 21:00", "*-*-01 04:00", "daily UTC"; proxmox-time, calendar_event.rs).
 * A lone list of numbers is minutes: "mon..fri 22" is minute 22 of every hour, and "24:00" is minute 24, as in Proxmox.
 * Throws AppError invalid_input with the message Proxmox gives.
 */
export function parseCalendarEvent(expression: string): CalendarEvent {
  const text = expression.trim();
  if (text === "") throw unparsable("- event is empty");
  const isUtc = text.endsWith("UTC");
  const body = isUtc ? text.slice(0, -3).replace(/ +$/, "") : text;

  const keyword = Object.hasOwn(keywords, body) ? keywords[body] : undefined;
  if (keyword) return { isUtc, ...keyword };

  const weekdays = /^[A-Za-z]/.test(body) ? parseWeekdays(body) : undefined;
  const afterWeekdays = weekdays ? skipBlanks(weekdays.rest) : body;
  const date = parseDate(afterWeekdays);
  const afterDate = date ? skipBlanks(date.rest) : afterWeekdays;
  const time = parseTime(afterDate);
  const rest = time ? time.rest : afterDate;

  if (!weekdays && !date && !time) throw unparsable(`at '${rest}' - Context("date or time specification")`);
  if (rest !== "") throw unparsable(`at '${rest}' - Nom(Eof)`);
  return { isUtc, ...atMidnight, weekdays: weekdays?.value ?? [], ...date?.value, ...time?.value };
}

function unparsable(where: string): AppError {
  return new AppError("invalid_input", `unable to parse calendar event ${where}`);
}

const skipBlanks = (input: string) => input.replace(/^[ \t]+/, "");

/** The first word must be a weekday; a later one that is not ends the list before its comma. */
function parseWeekdays(input: string): Parsed<number[]> {
  const first = parseWeekdayRange(input);
  if (!first) throw unparsable(`at '${/^[A-Za-z]+/.exec(input)?.[0] ?? ""}' - Context("weekday")`);
  const { value, rest } = continueList(first, parseWeekdayRange);
  return { value: [...new Set(value.flat())].sort(), rest };
}

function parseWeekdayRange(input: string): Parsed<number[]> | undefined {
  const start = parseWeekday(input);
  if (!start) return undefined;
  const end = start.rest.startsWith("..") ? parseWeekday(start.rest.slice(2)) : undefined;
  if (!end) return { value: [start.value], rest: start.rest };
  const length = ((end.value - start.value + 7) % 7) + 1;
  return { value: Array.from({ length }, (_, index) => (start.value + index) % 7), rest: end.rest };
}

function parseWeekday(input: string): Parsed<number> | undefined {
  const word = /^[A-Za-z]+/.exec(input)?.[0];
  if (word === undefined) return undefined;
  const name = word.toLowerCase();
  const value = weekdayNames.findIndex((weekday) => weekday === name || weekday.slice(0, 3) === name);
  return value < 0 ? undefined : { value, rest: input.slice(word.length) };
}

/** The year 2200 is systemd's limit, which Proxmox keeps to. */
function parseDate(input: string): Parsed<Pick<Fields, "years" | "months" | "days">> | undefined {
  const years = parseList(0, 2200)(input);
  const monthsOfYear = years && afterSign("-", parseList(1, 13))(years.rest);
  const daysOfYear = monthsOfYear && afterSign("-", parseList(1, 32))(monthsOfYear.rest);
  if (daysOfYear) {
    return {
      value: { years: years.value, months: monthsOfYear.value, days: daysOfYear.value },
      rest: daysOfYear.rest,
    };
  }
  const months = parseList(1, 13)(input);
  const days = months && afterSign("-", parseList(1, 32))(months.rest);
  return days && { value: { years: [], months: months.value, days: days.value }, rest: days.rest };
}

/** A first list whose numbers are no hours is tried as minutes: so "24:00" comes to be minute 24. */
function parseTime(input: string): Parsed<Pick<Fields, "hours" | "minutes" | "seconds">> | undefined {
  const hours = parseList(0, 24)(input);
  const hasHours = hours?.rest.startsWith(":") === true;
  const minutes = parseList(0, 60)(hasHours ? hours.rest.slice(1) : input);
  if (!minutes) return undefined;
  const seconds = afterSign(":", parseList(0, 60))(minutes.rest);
  return {
    value: { hours: hasHours ? hours.value : [], minutes: minutes.value, seconds: seconds ? seconds.value : only(0) },
    rest: seconds ? seconds.rest : minutes.rest,
  };
}

const afterSign =
  <Value>(sign: string, parse: Parser<Value>): Parser<Value> =>
  (input) =>
    input.startsWith(sign) ? parse(input.slice(sign.length)) : undefined;

/** A list of values below `limit`, or "*" with an optional step from `start`. "*" cannot stand in a longer list. */
function parseList(start: number, limit: number): Parser<CalendarValue[]> {
  const parseItem = (input: string) => parseValue(input, limit);
  return (input) => {
    if (input.startsWith("*")) {
      const rest = input.slice(1);
      if (!rest.startsWith("/")) return { value: [], rest };
      const step = parseNumber(rest.slice(1), limit);
      if (!step) return undefined;
      if (step.value === 0) return { value: [], rest };
      return { value: [{ from: start, to: Number.POSITIVE_INFINITY, step: step.value }], rest: step.rest };
    }
    const first = parseItem(input);
    return first && continueList(first, parseItem);
  };
}

/** "8", "8..17", "0/15", "8..17/2". A step of 0 leaves the first value only. */
function parseValue(input: string, limit: number): Parsed<CalendarValue> | undefined {
  const from = parseNumber(input, limit);
  if (!from) return undefined;
  const end = from.rest.startsWith("..") ? parseNumber(from.rest.slice(2), limit) : undefined;
  if (end && from.value > end.value) return undefined;
  const rest = end ? end.rest : from.rest;
  if (!rest.startsWith("/")) return { value: { from: from.value, to: end ? end.value : from.value, step: 1 }, rest };
  const step = parseNumber(rest.slice(1), limit);
  if (!step) return undefined;
  if (step.value === 0) return { value: { from: from.value, to: from.value, step: 1 }, rest: step.rest };
  const to = end ? end.value : Number.POSITIVE_INFINITY;
  return { value: { from: from.value, to, step: step.value }, rest: step.rest };
}

function parseNumber(input: string, limit: number): Parsed<number> | undefined {
  const digits = /^\d+/.exec(input)?.[0];
  if (digits === undefined || Number(digits) >= limit) return undefined;
  return { value: Number(digits), rest: input.slice(digits.length) };
}

function continueList<Value>(first: Parsed<Value>, parseItem: Parser<Value>): Parsed<Value[]> {
  const value = [first.value];
  let rest = first.rest;
  while (rest.startsWith(",")) {
    const item = parseItem(rest.slice(1));
    if (!item) break;
    value.push(item.value);
    rest = item.rest;
  }
  return { value, rest };
}
