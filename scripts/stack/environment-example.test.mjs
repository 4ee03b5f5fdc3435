import fs from "node:fs";
import { describe, expect, it } from "vitest";
import { parseAssignments } from "./environment-file.mjs";

/** Next.js and the supervisor read these two; the product itself does not. */
const readByOthers = ["HOST", "PORT"];

describe(".env.example", () => {
  it("lists every variable the product reads, and no other", () => {
    const listed = parseAssignments(fs.readFileSync(".env.example", "utf8")).map(([name]) => name);
    const read = fs.readFileSync("lib/config.ts", "utf8").matchAll(/^ {2}([A-Z_]+): /gm);

    expect(listed.toSorted()).toEqual([...readByOthers, ...[...read].map(([, name]) => name)].toSorted());
  });
});
