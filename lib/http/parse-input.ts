import type { z } from "zod";
import { AppError } from "@/lib/domain/errors";
import { HttpRefusal } from "./http-refusal";

/** Only what the caller sent can be the caller's fault: a ZodError from anywhere else is our bug, and stays a 500. */
export function parseInput<Schema extends z.ZodType>(schema: Schema, input: unknown): z.output<Schema> {
  const parsed = schema.safeParse(input);
  const fields = { ...unstorableTexts(input), ...(parsed.success ? {} : fieldsOf(parsed.error.issues)) };
  if (parsed.success && Object.keys(fields).length === 0) return parsed.data;
  throw new AppError("invalid_input", sentence(fields), { fields });
}

/** An id in the path that is none: the request itself is malformed. */
export function parseParams<Schema extends z.ZodType>(schema: Schema, input: unknown): z.output<Schema> {
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  const fields = fieldsOf(parsed.error.issues);
  throw new HttpRefusal(400, "invalid_input", sentence(fields), { fields });
}

/** A name that is given twice becomes a list, which no schema of a single value takes: neither is silently dropped. */
export function queryOf(url: string): Record<string, string | string[]> {
  const { searchParams } = new URL(url);
  const names = [...new Set(searchParams.keys())];
  return Object.fromEntries(
    names.map((name) => {
      const values = searchParams.getAll(name);
      return [name, values.length === 1 ? (values[0] ?? "") : values];
    }),
  );
}

type Issue = z.core.$ZodIssue;

/** Of each place the first reason. Collected in a map: a caller's key may be "constructor" or "__proto__". */
function fieldsOf(issues: readonly Issue[]): Record<string, string> {
  const reasons = new Map<string, string>();
  for (const [place, reason] of entriesOf(issues, [])) if (!reasons.has(place)) reasons.set(place, reason);
  return Object.fromEntries(reasons);
}

function entriesOf(issues: readonly Issue[], prefix: readonly PropertyKey[]): [place: string, reason: string][] {
  return issues.flatMap((issue) => {
    const path = [...prefix, ...issue.path];
    if (issue.code === "invalid_union" && issue.errors.length > 0) return entriesOf(closest(issue.errors), path);
    return placesOf(issue, path).map((place): [string, string] => [place, reasonOf(issue)]);
  });
}

/** Of several shapes the input could have had, the one it misses least is what the caller meant. */
function closest(options: readonly (readonly Issue[])[]): readonly Issue[] {
  const weight = (issues: readonly Issue[]) =>
    issues.reduce((sum, issue) => sum + (issue.code === "unrecognized_keys" ? issue.keys.length : 1), 0);
  return options.toSorted((a, b) => weight(a) - weight(b))[0] ?? [];
}

function placesOf(issue: Issue, path: readonly PropertyKey[]): string[] {
  const keys = issue.code === "unrecognized_keys" ? issue.keys.map((key) => [...path, key]) : [path];
  return keys.map((key) => key.map(String).join(".") || "(body)");
}

function reasonOf(issue: Issue): string {
  if (issue.code === "unrecognized_keys") return "is not known here";
  return issue.code === "invalid_type" && issue.message.endsWith("received undefined") ? "is missing" : issue.message;
}

const deepest = 32;

/** PostgreSQL can hold neither the NUL character nor half of a surrogate pair. Says the first text of that kind. */
function unstorableTexts(input: unknown, path: readonly string[] = []): Record<string, string> {
  const place = path.join(".") || "(body)";
  if (typeof input === "string") {
    const isFine = !input.includes("\0") && input.isWellFormed();
    return isFine ? {} : { [place]: "holds a character that cannot be stored" };
  }
  if (typeof input !== "object" || input === null) return {};
  if (path.length >= deepest) return { [place]: "is nested too deeply" };
  for (const [key, value] of Object.entries(input)) {
    const found = unstorableTexts(value, [...path, key]);
    if (Object.keys(found).length > 0) return found;
  }
  return {};
}

function sentence(fields: Record<string, string>): string {
  const entries = Object.entries(fields);
  const [first] = entries;
  if (!first) return "The input is not valid.";
  const rest = entries.length > 1 ? ` (and ${entries.length - 1} more)` : "";
  return `${first[0]}: ${first[1]}${rest}`;
}
