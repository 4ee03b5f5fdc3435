import { describe, expect, it } from "vitest";
import type { Slot } from "./destination";
import { policySettingsSchema } from "./policy";
import { describePolicy } from "./policy-words";
import { retentionRulesSchema } from "./retention";

const to = (slot: Slot, rules: object) => ({ slot, isRequired: true, retention: retentionRulesSchema.parse(rules) });
const settings = policySettingsSchema.parse({ selection: { kind: "all" } });
const nightly = { schedule: "02:00", timeZone: "Europe/Berlin", settings };

describe("describePolicy", () => {
  it("says when, what, where to and how long, remotes with the same rules together", () => {
    const destinations = [
      to("local", { keepLast: 2 }),
      to("primary", { keepLast: 15 }),
      to("secondary", { keepLast: 15 }),
    ];

    expect(describePolicy({ ...nightly, destinations }, 43)).toBe(
      "Every night at 02:00 (Europe/Berlin), back up 43 guests and the host configuration to Local, Primary and Secondary. " +
        "Keep the last 2 on Local and the last 15 on each remote. Check every copy by its hash.",
    );
  });

  it("lists several rules in their order and says where nothing is removed", () => {
    const destinations = [to("local", {}), to("primary", { keepLast: 3, keepDaily: 7, keepYearly: 1 })];

    expect(describePolicy({ ...nightly, destinations }, 1)).toContain(
      "Keep everything on Local and the last 3, 7 daily and 1 yearly on Primary.",
    );
  });

  it("leaves the host configuration out where the policy does", () => {
    const words = describePolicy(
      {
        ...nightly,
        settings: { ...settings, includeHostConfig: false },
        destinations: [to("local", { keepLast: 2 })],
      },
      1,
    );

    expect(words).toContain("back up 1 guest to Local.");
  });
});
