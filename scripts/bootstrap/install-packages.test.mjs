import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { arePackagesInstalled } from "./install-packages.mjs";

describe("arePackagesInstalled", () => {
  let root;

  beforeEach(() => {
    root = fs.mkdtempSync(path.join(os.tmpdir(), "undercroft-packages-"));
    fs.mkdirSync(path.join(root, "node_modules"));
    write("package.json", { dependencies: { pg: "8.0.0" } });
    write("package-lock.json", {
      packages: {
        "": { dependencies: { pg: "8.0.0" } },
        "node_modules/pg": { version: "8.0.0" },
        "node_modules/pg-darwin": { version: "1.0.0", optional: true },
      },
    });
    write("node_modules/.package-lock.json", { packages: { "node_modules/pg": { version: "8.0.0" } } });
  });
  afterEach(() => fs.rmSync(root, { recursive: true }));

  it("is content without what is optional, such as another platform's build", () => {
    expect(arePackagesInstalled(root)).toBe(true);
  });

  it("sees that nothing was installed yet", () => {
    fs.rmSync(path.join(root, "node_modules"), { recursive: true });

    expect(arePackagesInstalled(root)).toBe(false);
  });

  it("sees a package in another version", () => {
    write("node_modules/.package-lock.json", { packages: { "node_modules/pg": { version: "7.9.9" } } });

    expect(arePackagesInstalled(root)).toBe(false);
  });

  it("sees a dependency that the lock file does not know, so that npm can say so", () => {
    write("package.json", { dependencies: { pg: "8.0.0", zod: "4.0.0" } });

    expect(arePackagesInstalled(root)).toBe(false);
  });

  function write(name, value) {
    fs.writeFileSync(path.join(root, name), JSON.stringify(value));
  }
});
