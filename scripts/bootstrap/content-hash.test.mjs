import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { hashSources } from "./content-hash.mjs";

describe("hashSources", () => {
  let root;
  const hash = () => hashSources(["app", "next.config.ts"], root);
  const write = (name, text) => {
    fs.mkdirSync(path.dirname(path.join(root, name)), { recursive: true });
    fs.writeFileSync(path.join(root, name), text);
  };

  beforeEach(() => {
    root = fs.mkdtempSync(path.join(os.tmpdir(), "undercroft-hash-"));
    write("app/page.tsx", "one");
    write("next.config.ts", "two");
  });
  afterEach(() => fs.rmSync(root, { recursive: true }));

  it("changes with a file's content and with its name", () => {
    const before = hash();
    write("app/page.tsx", "other");
    const edited = hash();
    fs.renameSync(path.join(root, "app/page.tsx"), path.join(root, "app/layout.tsx"));

    expect(new Set([before, edited, hash()]).size).toBe(3);
  });

  it("tells apart where one file ends and the next begins", () => {
    write("app/a", "x");
    write("app/b", "yz");
    const before = hash();
    write("app/a", "xy");
    write("app/b", "z");

    expect(hash()).not.toBe(before);
  });

  it("does not change with tests, which are no part of a build", () => {
    const before = hash();
    write("app/page.test.tsx", "test");

    expect(hash()).toBe(before);
  });
});
