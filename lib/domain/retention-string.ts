import { AppError } from "./errors";
import type { RetentionRules } from "./retention";

const optionNames = {
  keepAll: "keep-all",
  keepDaily: "keep-daily",
  keepHourly: "keep-hourly",
  keepLast: "keep-last",
  keepMonthly: "keep-monthly",
  keepWeekly: "keep-weekly",
  keepYearly: "keep-yearly",
} as const satisfies Record<keyof RetentionRules, string>;
const ruleNames = Object.keys(optionNames) as (keyof RetentionRules)[];

const keepNothingElse: RetentionRules = {
  keepAll: true,
  keepLast: 0,
  keepHourly: 0,
  keepDaily: 0,
  keepWeekly: 0,
  keepMonthly: 0,
  keepYearly: 0,
};

/**
 * Reads Proxmox's prune-backups property string, "keep-last=3,keep-daily=7" (pve-common parse_property_string,
 * pve-storage prune_backups_validator). Without a positive count it means keep-all, as there.
 * Throws AppError invalid_input with Proxmox's own text.
 */
export function parseRetentionString(text: string): RetentionRules {
  const values = splitProperties(text);
  const problems: string[] = [];
  const rules: RetentionRules = { ...keepNothingElse, keepAll: false };
  for (const [option, value] of values) {
    const rule = ruleNames.find((name) => optionNames[name] === option);
    if (rule === undefined) {
      problems.push(`${option}: property is not defined in schema and the schema does not allow additional properties`);
    } else if (rule === "keepAll") {
      if (!/^(1|on|yes|true|0|off|no|false)$/i.test(value)) {
        problems.push(`${option}: type check ('boolean') failed - got '${value}'`);
      }
      rules.keepAll = /^(1|on|yes|true)$/i.test(value);
    } else if (!/^[+-]?\d+$/.test(value)) {
      problems.push(`${option}: type check ('integer') failed - got '${value}'`);
    } else if (Number(value) < 0) {
      problems.push(`${option}: value must have a minimum value of 0`);
    } else {
      rules[rule] = Number(value);
    }
  }
  if (problems.length > 0) throw new AppError("invalid_input", `format error\n${problems.sort().join("\n")}\n`);

  const hasCount = ruleNames.some((rule) => rule !== "keepAll" && rules[rule] > 0);
  if (!hasCount) return { ...keepNothingElse };
  if (rules.keepAll) throw new AppError("invalid_input", "keep-all cannot be set together with other options.");
  return rules;
}

function splitProperties(text: string): Map<string, string> {
  const values = new Map<string, string>();
  for (const part of text.split(",").filter((piece) => piece.trim() !== "")) {
    const [, option, value] = /^([^=]+)=(.+)$/s.exec(part) ?? [];
    if (option === undefined || value === undefined) {
      throw new AppError(
        "invalid_input",
        part.includes("=")
          ? "missing key in comma-separated list property"
          : "value without key, but schema does not define a default key",
      );
    }
    if (values.has(option))
      throw new AppError("invalid_input", `duplicate key in comma-separated list property: ${option}`);
    values.set(option, value);
  }
  return values;
}

/** As Proxmox prints rules: keys in alphabetical order, zeros left out, "keep-all=1" where nothing is ever removed. */
export function formatRetention(rules: Partial<RetentionRules>): string {
  const counts = ruleNames.flatMap((rule) => {
    const count = rules[rule];
    return typeof count === "number" && count > 0 ? [`${optionNames[rule]}=${count}`] : [];
  });
  return rules.keepAll || counts.length === 0 ? "keep-all=1" : counts.join(",");
}
