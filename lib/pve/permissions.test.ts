import { describe, expect, it } from "vitest";
import { canSeeAllGuests, missingPrivileges } from "./permissions";

const privileges = (...names: string[]) => Object.fromEntries(names.map((name) => [name, 1]));
const missing = (permissions: Parameters<typeof missingPrivileges>[0]) =>
  missingPrivileges(permissions).map(({ path, privilege }) => `${privilege} on ${path}`);

describe("missingPrivileges", () => {
  it("misses nothing when the root path passes everything on", () => {
    expect(missing({ "/": privileges("VM.Audit", "VM.Backup", "Datastore.Audit", "Sys.Audit") })).toEqual([]);
  });

  it("misses what a role limited to some paths does not give", () => {
    const ops = privileges("VM.Audit", "VM.Backup", "Datastore.Audit");

    expect(missing({ "/vms": ops, "/storage": ops, "/vms/107": ops })).toEqual(["Sys.Audit on /nodes"]);
  });

  it("does not count a privilege on the root path that is not passed on", () => {
    expect(missing({ "/": { "VM.Audit": 0, "VM.Backup": 0, "Datastore.Audit": 0, "Sys.Audit": 0 } })).toHaveLength(4);
  });

  it("says that an empty list of backups may mean a weak token", () => {
    const auditor = { "/": privileges("VM.Audit", "Datastore.Audit", "Sys.Audit") };

    expect(missingPrivileges(auditor).map(({ without }) => without)).toEqual([
      expect.stringContaining("empty may mean that the token is too weak"),
    ]);
  });
});

describe("canSeeAllGuests", () => {
  it("is not satisfied by a few guests", () => {
    expect(canSeeAllGuests({ "/vms/107": privileges("VM.Audit") })).toBe(false);
    expect(canSeeAllGuests({ "/vms": privileges("VM.Audit") })).toBe(true);
    expect(canSeeAllGuests({ "/": privileges("VM.Audit"), "/vms": privileges("VM.Backup") })).toBe(false);
  });
});
