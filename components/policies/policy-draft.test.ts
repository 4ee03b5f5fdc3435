import { describe, expect, it } from "vitest";
import { type PolicyView, policyBodySchema } from "@/lib/contracts/policies";
import { slots } from "@/lib/domain/destination";
import { bodyOf, draftOf, newDraft } from "./policy-draft";

const saved = (body: ReturnType<typeof bodyOf>) => policyBodySchema.parse(body) as PolicyView;

describe("newDraft", () => {
  it("is a policy that can be saved as it is, keeping 2 local and 15 remote", () => {
    const policy = saved(bodyOf(newDraft("Europe/Berlin", slots)));

    expect(policy.schedule).toBe("02:00");
    expect(policy.destinations.map(({ slot, retention }) => [slot, retention.keepLast])).toEqual([
      ["local", 2],
      ["primary", 15],
      ["secondary", 15],
      ["tertiary", 15],
    ]);
  });

  it("takes a name that no other policy has", () => {
    expect(newDraft("UTC", slots, ["nightly", "Nightly 2"]).name).toBe("Nightly 3");
  });

  it("asks for no more copies than there are destinations", () => {
    expect(saved(bodyOf(newDraft("UTC", ["local"]))).settings.minCopies).toBe(1);
  });
});

describe("draftOf", () => {
  it("gives back what was saved, whatever was chosen", () => {
    const draft = {
      ...newDraft("UTC", slots),
      selectionKind: "pools" as const,
      pools: "prod, web",
      maxDurationHours: "1.5",
      targetHours: "30",
      dumpLimitMib: "20",
    };
    const policy = saved(bodyOf(draft));

    expect(saved(bodyOf(draftOf(policy)))).toEqual(policy);
    expect(policy.settings).toMatchObject({
      selection: { pools: ["prod", "web"] },
      maxDurationMinutes: 90,
      targetMinutes: 1800,
      dumpLimitKibPerSecond: 20_480,
    });
  });

  it("opens the advanced rules when remotes differ", () => {
    const draft = newDraft("UTC", slots);
    const other = { ...draft.slots.tertiary, rules: { ...draft.slots.tertiary.rules, keepLast: "30" } };

    expect(draftOf(saved(bodyOf(draft))).isKeepAdvanced).toBe(false);
    expect(draftOf(saved(bodyOf({ ...draft, slots: { ...draft.slots, tertiary: other } }))).isKeepAdvanced).toBe(true);
  });
});

describe("bodyOf", () => {
  it("does not take an empty number for zero", () => {
    const parsed = policyBodySchema.safeParse(bodyOf({ ...newDraft("UTC", slots), compressionLevel: " " }));

    expect(parsed.error?.issues.map(({ path }) => path.join("."))).toEqual(["settings.compressionLevel"]);
  });

  it("sends no counts beside keep all", () => {
    const draft = newDraft("UTC", slots);
    const local = { ...draft.slots.local, rules: { ...draft.slots.local.rules, keepAll: true } };

    expect(saved(bodyOf({ ...draft, slots: { ...draft.slots, local } })).destinations[0]?.retention).toMatchObject({
      keepAll: true,
      keepLast: 0,
    });
  });
});
