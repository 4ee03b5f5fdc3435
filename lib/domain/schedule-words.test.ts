import { describe, expect, it } from "vitest";
import { AppError } from "./errors";
import { describeSchedule } from "./schedule-words";

describe("describeSchedule", () => {
  it.each([
    ["02:00", "Every night at 02:00"],
    ["0 2 * * *", "Every night at 02:00"],
    ["21:00", "Every night at 21:00"],
    ["12:30", "Every day at 12:30"],
    ["daily", "Every night at 00:00"],
    ["daily UTC", "Every night at 00:00 UTC"],
    ["6,18:00", "Every day at 06:00 and 18:00"],
    ["1:0,30", "Every night at 01:00 and 01:30"],
    ["minutely", "Every minute"],
    ["* * * * *", "Every minute"],
    ["*:0/15", "Every 15 minutes"],
    ["*/15 * * * *", "Every 15 minutes"],
    ["hourly", "Every hour"],
    ["24:00", "Every hour at minute 24"],
    ["*/6:00", "Every 6 hours"],
    ["0 */6 * * *", "Every 6 hours"],
    ["0/6:30", "Every 6 hours at minute 30"],
    ["weekly", "Every Monday at 00:00"],
    ["sat 18:15", "Every Saturday at 18:15"],
    ["15 18 * * 6", "Every Saturday at 18:15"],
    ["0 3 * * 7", "Every Sunday at 03:00"],
    ["sat,sun 03:00", "Every Saturday and Sunday at 03:00"],
    ["mon,wed,fri 03:00", "Every Monday, Wednesday and Friday at 03:00"],
    ["mon..fri 21:00", "Monday to Friday at 21:00"],
    ["0 21 * * mon-fri", "Monday to Friday at 21:00"],
    ["mon..fri 22", "Monday to Friday, every hour at minute 22"],
    ["mon..sun 02:00", "Every night at 02:00"],
    ["mon..fri 8..17:0/15", "Monday to Friday, every 15 minutes from 08:00 to 17:45"],
    ["8..17:00", "Every hour from 08:00 to 17:00"],
    ["monthly", "On day 1 of every month at 00:00"],
    ["*-*-1,15 04:00", "On days 1 and 15 of every month at 04:00"],
    ["0 4 1 * *", "On day 1 of every month at 04:00"],
    ["yearly", "Every year on 1 January at 00:00"],
    ["quarterly", "Every year on 1 January, 1 April, 1 July and 1 October at 00:00"],
    ["sat *-1..7 15:00", "On the first Saturday of every month at 15:00"],
  ])("says %s as %s", (expression, words) => {
    expect(describeSchedule(expression)).toBe(words);
  });

  it.each([
    "0 0 13 * 5",
    "0 0 L * *",
    "0 0 * * 5#2",
    "2026-07-31",
    "02:00:30",
    "1,2,3,5,7:00",
    "mon *-*-13 02:00",
    "*-6..8-* 6:00",
    "tue,thu *-06..08-* 6,18:00",
  ])("leaves %s as it is written", (expression) => {
    expect(describeSchedule(expression)).toBe(expression);
  });

  it("does not describe what does not parse", () => {
    expect(() => describeSchedule("every day")).toThrow(AppError);
  });
});
