import fs from "node:fs";
import { describe, expect, it } from "vitest";
import { parseAssignments } from "./environment-file.mjs";

/** Next.js and the supervisor read these two; the product itself does not. */
const readByOthers = ["HOST", "PORT"];

/** Set by Node's own tools, never by a person. */
const setByTools = ["NODE_ENV"];

describe(".env.example", () => {
  it("lists every variable the product reads, and no other", () => {
    const listed = parseAssignments(fs.readFileSync(".env.example", "utf8")).map(([name]) => name);
    const read = fs.readFileSync("lib/config.ts", "utf8").matchAll(/^ {2}([A-Z_]+): /gm);

    const ours = [...read].map(([, name]) => name).filter((name) => !setByTools.includes(name));
    expect(listed.toSorted()).toEqual([...readByOthers, ...ours].toSorted());
  });
});
