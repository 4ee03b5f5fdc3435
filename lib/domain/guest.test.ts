import { describe, expect, it } from "vitest";
import { guestSelectionSchema, isAnotherIncarnation, selectGuests } from "./guest";

const guests = [
  { id: "1", vmid: 101, name: "web", type: "lxc" as const, nodeName: "pve1", tags: ["prod"], pool: "team" },
  { id: "2", vmid: 102, name: "db", type: "qemu" as const, nodeName: "pve2", tags: ["prod", "db"], pool: undefined },
  { id: "h", vmid: null, name: "pve1", type: "host" as const, nodeName: "pve1", tags: [], pool: undefined },
];
const ids = (selection: unknown) => selectGuests(guestSelectionSchema.parse(selection), guests).map(({ id }) => id);

describe("selectGuests", () => {
  it.each([
    [{ kind: "all" }, ["1", "2"]],
    [{ kind: "all", exceptVmids: [102] }, ["1"]],
    [{ kind: "tags", tags: ["db"] }, ["2"]],
    [{ kind: "nodes", nodes: ["pve1"] }, ["1"]],
    [{ kind: "pools", pools: ["team"] }, ["1"]],
    [{ kind: "picked", vmids: [102, 999] }, ["2"]],
  ])("%j means %j, and never a node's configuration", (selection, expected) => {
    expect(ids(selection)).toEqual(expected);
  });
});

describe("isAnotherIncarnation", () => {
  it("takes a guest with one changed network card for itself", () => {
    expect(isAnotherIncarnation("mac:aa mac:bb", "mac:aa mac:cc")).toBe(false);
  });

  it("takes a guest that shares nothing for another", () => {
    expect(isAnotherIncarnation("mac:aa mac:bb", "mac:cc")).toBe(true);
  });

  it("decides nothing while either is unknown", () => {
    expect(isAnotherIncarnation("", "mac:cc")).toBe(false);
    expect(isAnotherIncarnation("mac:aa", "")).toBe(false);
  });
});
