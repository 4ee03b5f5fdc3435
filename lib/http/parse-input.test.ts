import { describe, expect, it } from "vitest";
import { z } from "zod";
import { AppError } from "@/lib/domain/errors";
import { parseInput, queryOf } from "./parse-input";

const schema = z.strictObject({
  name: z.string().min(1, "must not be empty"),
  target: z.union([
    z.strictObject({ kind: z.literal("one"), vmid: z.int() }),
    z.strictObject({ kind: z.literal("all"), except: z.array(z.int()), tags: z.array(z.string()) }),
  ]),
});

function fieldsFor(input: unknown): Record<string, string> | undefined {
  try {
    parseInput(schema, input);
    return undefined;
  } catch (error) {
    if (error instanceof AppError) return error.fields;
    throw error;
  }
}

const target = { kind: "one", vmid: 101 };

describe("parseInput", () => {
  it("gives back what fits", () => {
    expect(parseInput(schema, { name: "a", target })).toEqual({ name: "a", target });
  });

  it("says what is missing, wrong and unknown, each at its place", () => {
    expect(fieldsFor({ name: "", target: { kind: "one" }, extra: 1, more: 2 })).toEqual({
      name: "must not be empty",
      "target.vmid": "is missing",
      extra: "is not known here",
      more: "is not known here",
    });
  });

  it("takes of several shapes the one that was meant", () => {
    expect(Object.keys(fieldsFor({ name: "a", target: { kind: "all", except: ["x"], tags: [] } }) ?? {})).toEqual([
      "target.except.0",
    ]);
  });

  it("is not fooled by the names of an object's own methods", () => {
    expect(fieldsFor(JSON.parse('{"name":"a","target":{"kind":"one","vmid":1},"constructor":1,"toString":2}'))).toEqual(
      {
        constructor: "is not known here",
        toString: "is not known here",
      },
    );
  });

  it("sums up in one sentence", () => {
    expect(() => parseInput(schema, { target })).toThrow("name: is missing");
    expect(() => parseInput(schema, {})).toThrow("name: is missing (and 1 more)");
  });
});

describe("queryOf", () => {
  it("keeps a name that was given twice as a list", () => {
    expect(queryOf("http://x/?a=1&b=%20&a=2&c")).toEqual({ a: ["1", "2"], b: " ", c: "" });
  });
});
