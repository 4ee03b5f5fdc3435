import { describe, expect, it } from "vitest";
import type { GuestRow } from "@/lib/db/inventory";
import { compareInventory, type SeenGuest } from "./compare-inventory";

const now = new Date("2026-11-23T02:00:00Z");
const complete = { now, isComplete: true };

const seen = (vmid: number, facts: Partial<SeenGuest> = {}): SeenGuest => ({
  nodeId: "node-1",
  key: `lxc/${vmid}`,
  type: "lxc",
  vmid,
  fingerprint: `mac:${vmid}`,
  name: `ct${vmid}`,
  tags: [],
  pool: null,
  isRunning: true,
  ...facts,
});

const known = (vmid: number, facts: Partial<GuestRow> = {}): GuestRow => ({
  ...seen(vmid),
  id: `guest-${vmid}`,
  clusterId: "cluster-1",
  incarnation: 1,
  firstSeenAt: now,
  lastSeenAt: now,
  archivedAt: null,
  excludedReason: null,
  excludedBy: null,
  excludedUntil: null,
  ...facts,
});

describe("compareInventory", () => {
  it("makes the guests it did not know", () => {
    expect(compareInventory([], [seen(101)], complete)).toEqual({
      inserted: [{ ...seen(101), incarnation: 1 }],
      changed: [],
      seenIds: [],
    });
  });

  it("writes nothing for a guest that is as it was", () => {
    expect(compareInventory([known(101)], [seen(101)], complete)).toEqual({
      inserted: [],
      changed: [],
      seenIds: ["guest-101"],
    });
  });

  it("follows a guest to another node, under another name", () => {
    const { changed } = compareInventory([known(101)], [seen(101, { nodeId: "node-2", name: "web" })], complete);

    expect(changed).toEqual([expect.objectContaining({ id: "guest-101", nodeId: "node-2", name: "web" })]);
  });

  it("makes a reused VMID another guest and archives the earlier one", () => {
    const changes = compareInventory(
      [known(101, { incarnation: 3 })],
      [seen(101, { fingerprint: "mac:new" })],
      complete,
    );

    expect(changes.inserted).toEqual([{ ...seen(101, { fingerprint: "mac:new" }), incarnation: 4 }]);
    expect(changes.changed).toEqual([{ id: "guest-101", archivedAt: now, isRunning: false }]);
    expect(changes.seenIds).toEqual([]);
  });

  it("keeps what it knew of a guest whose configuration could not be read", () => {
    const { changed } = compareInventory([known(101)], [seen(101, { fingerprint: "", isRunning: false })], complete);

    expect(changed).toEqual([expect.objectContaining({ id: "guest-101", fingerprint: "mac:101", archivedAt: null })]);
  });

  it("archives a guest that vanished, once", () => {
    const gone = known(102, { archivedAt: new Date("2026-01-01T00:00:00Z") });

    const { changed } = compareInventory([known(101), gone, known(103)], [seen(103)], complete);

    expect(changed).toEqual([{ id: "guest-101", archivedAt: now, isRunning: false }]);
  });

  it("archives nobody when the answer may be incomplete", () => {
    expect(compareInventory([known(101)], [], { now, isComplete: false }).changed).toEqual([]);
  });

  it("takes back a guest that was away", () => {
    const { changed } = compareInventory([known(101, { archivedAt: now })], [seen(101)], complete);

    expect(changed).toEqual([expect.objectContaining({ id: "guest-101", archivedAt: null })]);
  });
});
