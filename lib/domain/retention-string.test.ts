import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { AppError } from "./errors";
import cases from "./fixtures/prune-cases.json" with { type: "json" };
import { formatRetention, parseRetentionString } from "./retention-string";

type Source = { "prune-backups"?: string };

/** Job or command line first, then the storage (a value it cannot parse is as none), then vzdump.conf. */
function effectiveRetention(cli: Source, storage: Source, vzdumpConf: Source): string {
  if (cli["prune-backups"] !== undefined) return formatRetention(parseRetentionString(cli["prune-backups"]));
  if (storage["prune-backups"] !== undefined) {
    try {
      return formatRetention(parseRetentionString(storage["prune-backups"]));
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
    }
  }
  return formatRetention(parseRetentionString(vzdumpConf["prune-backups"] ?? "keep-all=1"));
}

describe("parseRetentionString", () => {
  it.each(cases.retentionPrecedence)(
    "means what it means to Proxmox: $description",
    ({ cli, storage, vzdumpConf, expected }) => {
      if (typeof expected === "string") {
        expect(() => effectiveRetention(cli, storage, vzdumpConf)).toThrow(new AppError("invalid_input", expected));
        return;
      }
      const printed = Object.entries(expected["prune-backups"])
        .map(([option, count]) => `${option}=${count}`)
        .sort()
        .join(",");
      expect(effectiveRetention(cli, storage, vzdumpConf)).toBe(printed);
    },
  );

  it("fills in what is not named", () => {
    expect(parseRetentionString("keep-last=3,keep-daily=7")).toEqual({
      keepAll: false,
      keepLast: 3,
      keepHourly: 0,
      keepDaily: 7,
      keepWeekly: 0,
      keepMonthly: 0,
      keepYearly: 0,
    });
  });

  it.each([
    ["keep-all=1,keep-last=3", "keep-all cannot be set together with other options."],
    ["keep-all=yes,keep-last=3", "keep-all cannot be set together with other options."],
    ["keep-last=3,keep-last=4", "duplicate key in comma-separated list property: keep-last"],
    ["keep-last", "value without key, but schema does not define a default key"],
    ["=3", "missing key in comma-separated list property"],
    ["keep-last=", "missing key in comma-separated list property"],
    ["keep-last=x", "format error\nkeep-last: type check ('integer') failed - got 'x'\n"],
    ["keep-all=maybe", "format error\nkeep-all: type check ('boolean') failed - got 'maybe'\n"],
    ["keep-last=-1", "format error\nkeep-last: value must have a minimum value of 0\n"],
    [
      "keep-monthyl=1,keep-last=1.5",
      "format error\nkeep-last: type check ('integer') failed - got '1.5'\n" +
        "keep-monthyl: property is not defined in schema and the schema does not allow additional properties\n",
    ],
  ])("refuses %s in Proxmox's words", (text, message) => {
    expect(() => parseRetentionString(text)).toThrow(new AppError("invalid_input", message));
  });

  it("passes over empty parts, as Proxmox does", () => {
    expect(formatRetention(parseRetentionString("keep-last=3, ,"))).toBe("keep-last=3");
    expect(formatRetention(parseRetentionString(""))).toBe("keep-all=1");
  });
});

describe("formatRetention", () => {
  it("prints keys in alphabetical order and leaves zeros out", () => {
    expect(formatRetention({ keepLast: 3, keepDaily: 7, keepYearly: 0 })).toBe("keep-daily=7,keep-last=3");
    expect(formatRetention({})).toBe("keep-all=1");
  });

  it("is read back to the same rules", () => {
    const aCount = fc.integer({ min: 0, max: 400 });
    const someRules = fc.record({ keepLast: aCount, keepHourly: aCount, keepDaily: aCount, keepWeekly: aCount });

    fc.assert(
      fc.property(someRules, (rules) => {
        expect(formatRetention(parseRetentionString(formatRetention(rules)))).toBe(formatRetention(rules));
      }),
    );
  });
});
