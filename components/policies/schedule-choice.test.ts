import { describe, expect, it } from "vitest";
import { choiceOf, expressionOf, fullTime, ordinarySchedule } from "./schedule-choice";

describe("choiceOf", () => {
  it.each([
    ["02:00", "nightly"],
    ["0/6:00", "hours"],
    ["*:00", "hours"],
    ["mon..fri 21:30", "weekdays"],
    ["sun 04:00", "weekly"],
    ["*-*-15 03:00", "monthly"],
    ["0 2 * * *", "custom"],
    ["25:00", "custom"],
    ["0/5:00", "custom"],
    ["sat,sun 02:00", "custom"],
    ["2:00", "custom"],
  ] as const)("reads %s as %s and writes it back unchanged", (expression, kind) => {
    const choice = choiceOf(expression);

    expect(choice.kind).toBe(kind);
    expect(expressionOf(choice)).toBe(expression);
  });
});

describe("expressionOf", () => {
  it("writes the day of the month with two digits", () => {
    expect(expressionOf({ ...ordinarySchedule, kind: "monthly", dayOfMonth: 1 })).toBe("*-*-01 02:00");
  });
});

describe("fullTime", () => {
  it.each([
    ["2", "02:00"],
    ["2:5", "02:05"],
    ["0230", "02:30"],
    ["230", "02:30"],
    ["14", "14:00"],
    ["21.30", "21:30"],
    ["24:00", "24:00"],
    ["soon", "soon"],
  ])("writes %s as %s", (text, time) => {
    expect(fullTime(text)).toBe(time);
  });
});
