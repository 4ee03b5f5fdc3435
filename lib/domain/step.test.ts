import { describe, expect, it } from "vitest";
import { nextForStep, type StepKind, type StepPlace, type StepStatus, stepEntriesTo, stepsToRetry } from "./step";

const at = (kind: StepKind, slot: StepPlace["slot"], status: StepStatus, hasMade = false) => ({
  kind,
  slot,
  status,
  hasMade,
});

/** All steps of one guest, succeeded but for those named. */
function guestWith(changes: Partial<Record<string, StepStatus>>) {
  const places: [StepKind, StepPlace["slot"]][] = [
    ["dump", "local"],
    ["seal", "local"],
    ...(["primary", "secondary", "tertiary"] as const).flatMap((slot): [StepKind, StepPlace["slot"]][] => [
      ["copy", slot],
      ["verify", slot],
      ["prune", slot],
    ]),
    ["prune", "local"],
  ];
  return places.map(([kind, slot]) => at(kind, slot, changes[`${kind} ${slot}`] ?? "succeeded"));
}

describe("nextForStep", () => {
  it("starts a dump at once and a seal after the dump", () => {
    const steps = guestWith({ "dump local": "running", "seal local": "waiting" });

    expect(nextForStep(at("dump", "local", "waiting"), steps)).toEqual({ move: "start" });
    expect(nextForStep(at("seal", "local", "waiting"), steps)).toEqual({ move: "wait" });
    expect(nextForStep(at("seal", "local", "waiting"), guestWith({}))).toEqual({ move: "start" });
  });

  it("seals what host_config made, as it does what dump made", () => {
    const steps = [at("host_config", "local", "failed"), at("seal", "local", "waiting")];

    expect(nextForStep(at("seal", "local", "waiting"), steps)).toMatchObject({ move: "skip" });
  });

  it("copies nothing that was not sealed, and says which step stands in the way", () => {
    const steps = guestWith({ "dump local": "failed", "seal local": "skipped", "copy primary": "waiting" });

    expect(nextForStep(at("copy", "primary", "waiting"), steps)).toMatchObject({
      move: "skip",
      because: { kind: "seal", status: "skipped" },
    });
  });

  it("goes on with the archive of a dump that failed only because its guest stayed stopped", () => {
    const dumped = at("dump", "local", "failed", true);

    expect(nextForStep(at("seal", "local", "waiting"), [dumped])).toEqual({ move: "start" });
  });

  it("lets secondary and tertiary wait until the primary is proven, but not for its success", () => {
    const copying = guestWith({ "copy primary": "running", "verify primary": "waiting" });
    const primaryDown = guestWith({ "copy primary": "failed", "verify primary": "skipped" });

    expect(nextForStep(at("copy", "secondary", "waiting"), copying)).toEqual({ move: "wait" });
    expect(nextForStep(at("copy", "secondary", "waiting"), primaryDown)).toEqual({ move: "start" });
    expect(nextForStep(at("copy", "primary", "waiting"), copying)).toEqual({ move: "start" });
  });

  it("prunes a remote only after the new copy there is proven, and local once the primary is decided", () => {
    const primaryDown = guestWith({ "copy primary": "failed", "verify primary": "skipped" });

    expect(nextForStep(at("prune", "primary", "waiting"), primaryDown)).toMatchObject({ move: "skip" });
    expect(nextForStep(at("prune", "local", "waiting"), primaryDown)).toEqual({ move: "start" });
    expect(nextForStep(at("prune", "local", "waiting"), guestWith({ "verify primary": "running" }))).toEqual({
      move: "wait",
    });
  });
});

describe("stepEntriesTo", () => {
  it("lets nothing over become running, and only what failed, was skipped or cancelled begin again", () => {
    expect(stepEntriesTo("running")).toEqual(["queued"]);
    expect(stepEntriesTo("waiting")).toEqual(["failed", "skipped", "cancelled"]);
    expect(stepEntriesTo("succeeded")).toEqual(["running"]);
  });
});

describe("stepsToRetry", () => {
  it("leaves alone what succeeded", () => {
    const steps = guestWith({
      "copy secondary": "failed",
      "verify secondary": "skipped",
      "prune secondary": "skipped",
    });

    expect(stepsToRetry(steps).map(({ kind, slot }) => `${kind} ${slot}`)).toEqual([
      "copy secondary",
      "verify secondary",
      "prune secondary",
    ]);
  });
});
