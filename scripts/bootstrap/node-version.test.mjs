import { describe, expect, it } from "vitest";
import { requireNodeVersion } from "./node-version.mjs";

describe("requireNodeVersion", () => {
  it.each(["18.18.0", "18.20.4", "20.0.0", "24.21.0"])("goes on with Node %s", (version) => {
    expect(() => requireNodeVersion(version)).not.toThrow();
  });

  it.each(["18.17.1", "16.20.2", "9.99.0"])("says what Node %s lacks", (version) => {
    expect(() => requireNodeVersion(version)).toThrow(`Node 18.18 or newer is needed, this is ${version}`);
  });
});
