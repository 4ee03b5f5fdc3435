import { describe, expect, it } from "vitest";
import { planRun } from "./plan-run";

const guest = (id: string, expectedBytes?: number) => ({
  id,
  nodeId: "n",
  type: "lxc" as const,
  vmid: 100,
  expectedBytes,
});
const host = { id: "host", nodeId: "n", type: "host" as const, vmid: null };
const destinations = [
  { id: "l", slot: "local" as const },
  { id: "p", slot: "primary" as const },
  { id: "s", slot: "secondary" as const },
];

describe("planRun", () => {
  it("takes host configurations first, then the largest guest", () => {
    const steps = planRun([guest("small", 1), guest("large", 9), host], destinations);

    expect(steps.filter(({ kind }) => kind === "dump" || kind === "host_config").map(({ guestId }) => guestId)).toEqual(
      ["host", "large", "small"],
    );
  });

  it("plans a copy, its proof and its prune for each remote, and a prune of local", () => {
    const steps = planRun([guest("a")], destinations).map(({ kind, slot }) => `${kind} ${slot}`);

    expect(steps).toEqual([
      "dump local",
      "seal local",
      "copy primary",
      "verify primary",
      "prune primary",
      "copy secondary",
      "verify secondary",
      "prune secondary",
      "prune local",
    ]);
  });
});
