import { describe, expect, it } from "vitest";
import {
  ago,
  copiesOf,
  factsOf,
  type Given,
  hourMs,
  inSlots,
  nightly,
  now,
  slotsOf,
  weekly,
} from "@/lib/testing/protection-facts";
import { judgeProtection, targetOf } from "./protection";
import type { ReasonCode } from "./protection-reasons";
import type { KnownCopy } from "./standing";

type Row = [title: string, given: Given, code: ReasonCode, text: string, pips: string];

function rows(state: string, table: Row[]) {
  describe(state, () => {
    it.each(table)("%s", (_, given, code, text, pips) => {
      const verdict = judgeProtection(factsOf(given));

      const shown = verdict.pips.map((pip) => pip.state).join(" ");
      expect([verdict.state, verdict.reasonCode, verdict.reasonText, shown]).toEqual([state, code, text, pips]);
    });
  });
}

const allGood = "good good good good";
const allOld = "old old old old";
const none = "not_due not_due not_due not_due";

rows("protected", [
  ["all four copies of last night", { copies: "L123 7h" }, "enough_copies", "4 good copies within 30 h", allGood],
  ["exactly at its target", { copies: "L123 30h" }, "enough_copies", "4 good copies within 30 h", allGood],
  [
    "only the slots its policy has",
    { copies: "L1 7h", policies: [inSlots("L1")] },
    "enough_copies",
    "2 good copies within 30 h",
    "good good not_due not_due",
  ],
  [
    "one copy, when one off-site copy is all that is asked",
    { copies: "1 7h", policies: [inSlots("1", { minCopies: 1 })] },
    "enough_copies",
    "1 good copy within 30 h",
    "not_due good not_due not_due",
  ],
  [
    "four copies where four are asked",
    { copies: "L123 7h", policies: [{ ...nightly, minCopies: 4 }] },
    "enough_copies",
    "4 good copies within 30 h",
    allGood,
  ],
  ["proof beyond what is asked", { copies: "L123 7h P4" }, "enough_copies", "4 good copies within 30 h", allGood],
  [
    "presence alone, when no more is asked",
    { copies: "L123 7h P0", policies: [{ ...nightly, requiredProof: "P0" }] },
    "enough_copies",
    "4 good copies within 30 h",
    allGood,
  ],
  [
    "a run under way over good copies",
    { copies: "L123 24h, L 5m pending" },
    "enough_copies",
    "4 good copies within 30 h",
    "pending good good good",
  ],
  [
    "a run that copies to all",
    { copies: "L123 24h, L 15m, 123 5m copying" },
    "enough_copies",
    "4 good copies within 30 h",
    "good copying copying copying",
  ],
  [
    "the newest copy failed while an older one there is in time",
    { copies: "L123 24h, L13 1h, 2 1h failed" },
    "copy_failed",
    "Newest copy on Secondary failed",
    "good good failed good",
  ],
  [
    "the newest copy corrupt while an older one there is in time",
    { copies: "L123 24h, L13 1h, 2 1h corrupt" },
    "copy_corrupt",
    "Newest copy on Secondary is corrupt",
    "good good corrupt good",
  ],
  [
    "the newest copy gone while an older one there is in time",
    { copies: "L123 24h, L13 1h, 2 1h missing" },
    "copy_missing",
    "Newest copy on Secondary is missing",
    "good good failed good",
  ],
  [
    "a failure older than the good copy is over",
    { copies: "L123 1h, 2 24h failed, 3 24h corrupt" },
    "enough_copies",
    "4 good copies within 30 h",
    allGood,
  ],
  [
    "a good copy is shown before a failed one of the same moment",
    { copies: "2 7h failed, L123 7h" },
    "enough_copies",
    "4 good copies within 30 h",
    allGood,
  ],
  [
    "a removed copy is no copy",
    { copies: "L123 7h, 1 1h removed" },
    "enough_copies",
    "4 good copies within 30 h",
    allGood,
  ],
  [
    "a weekly policy within its week",
    { copies: "L123 8d", policies: [{ ...nightly, ...weekly }] },
    "enough_copies",
    "4 good copies within 8 d 18 h",
    allGood,
  ],
  [
    "two policies, each slot in the time of its own",
    { copies: "L1 7h, 3 5d", policies: [inSlots("L1"), inSlots("3", { ...weekly, minCopies: 1 })] },
    "enough_copies",
    "3 good copies within target",
    "good good not_due good",
  ],
  [
    "two policies, each slot with the proof of its own",
    { copies: "L1 7h P2, 3 7h P3", policies: [inSlots("L1"), inSlots("3", { requiredProof: "P3" })] },
    "enough_copies",
    "3 good copies within 30 h",
    "good good not_due good",
  ],
  [
    "beside a policy that is switched off and would ask for more",
    { copies: "L1 7h", policies: [inSlots("L1"), { ...nightly, isEnabled: false, minCopies: 4, targetMs: hourMs }] },
    "enough_copies",
    "2 good copies within 30 h",
    "good good not_due not_due",
  ],
  [
    "a good copy still at a destination the policy left",
    { copies: "L12 7h", policies: [inSlots("L1")] },
    "enough_copies",
    "2 good copies within 30 h",
    "good good good not_due",
  ],
  [
    "an exclusion that is over",
    { copies: "L123 7h", guest: { exclusion: { reason: "moving", until: now } } },
    "enough_copies",
    "4 good copies within 30 h",
    allGood,
  ],
  [
    "a lock that no longer keeps it from its copies",
    { copies: "L123 7h", lock: { kind: "migrate", upid: null } },
    "enough_copies",
    "4 good copies within 30 h",
    allGood,
  ],
  ["a node's clock that runs ahead", { copies: "L123 -2h" }, "enough_copies", "4 good copies within 30 h", allGood],
  [
    "a guest that is new and has its copies",
    { copies: "L123 1h", guest: { firstSeenAt: ago("3h") } },
    "enough_copies",
    "4 good copies within 30 h",
    allGood,
  ],
]);

rows("reduced", [
  [
    "a slot in two policies needs the proof of the stricter one",
    { copies: "L12 7h P3, 3 7h P2", policies: [nightly, { ...nightly, ...weekly, requiredProof: "P3" }] },
    "copy_unproven",
    "Newest copy on Tertiary is proven to P2, P3 is required",
    "good good good pending",
  ],
  [
    "one destination failed, and its older copy is too old",
    { copies: "L13 7h, 2 3d, 2 7h failed" },
    "copy_failed",
    "Newest copy on Secondary failed",
    "good good failed good",
  ],
  [
    "one destination corrupt by checksum",
    {
      copies: "L13 7h, 2 7h corrupt",
      faultCause: "x is not what the manifest says. Its MD5 there is 00, in the manifest 11.",
    },
    "copy_corrupt",
    "Newest copy on Secondary is corrupt, checksum differs",
    "good good corrupt good",
  ],
  [
    "one destination corrupt by size",
    { copies: "L13 7h, 2 7h corrupt", faultCause: "It has 10 bytes there and 12 in the manifest." },
    "copy_corrupt",
    "Newest copy on Secondary is corrupt, size differs",
    "good good corrupt good",
  ],
  [
    "one destination corrupt for another reason than its bytes",
    { copies: "L13 7h, 2 7h corrupt", faultCause: "x has no manifest there, so it does not count as a copy." },
    "copy_corrupt",
    "Newest copy on Secondary is corrupt",
    "good good corrupt good",
  ],
  [
    "two destinations corrupt",
    { copies: "L1 7h, 23 7h corrupt", faultCause: "SHA-256" },
    "copy_corrupt",
    "Newest copies on Secondary and Tertiary are corrupt, checksum differs",
    "good good corrupt corrupt",
  ],
  [
    "two destinations failed",
    { copies: "L1 7h, 23 7h failed" },
    "copy_failed",
    "Newest copies on Secondary and Tertiary failed",
    "good good failed failed",
  ],
  [
    "a copy that is gone",
    { copies: "L12 7h, 3 7h missing" },
    "copy_missing",
    "Newest copy on Tertiary is missing",
    "good good good failed",
  ],
  [
    "one destination left behind",
    { copies: "L13 7h, 2 73h" },
    "copy_old",
    "3 d 1 h since the last good copy on Secondary, target 30 h",
    "good good old good",
  ],
  [
    "one destination just past its target",
    { copies: "L13 7h, 2 1810m" },
    "copy_old",
    "30 h 10 min since the last good copy on Secondary, target 30 h",
    "good good old good",
  ],
  [
    "two destinations left behind",
    { copies: "L1 7h, 2 73h, 3 50h" },
    "copy_old",
    "No good copy within 30 h on Secondary and Tertiary",
    "good good old old",
  ],
  [
    "a destination without any copy yet",
    { copies: "L12 7h" },
    "copy_absent",
    "No copy on Tertiary",
    "good good good old",
  ],
  [
    "a destination without any copy of a guest seen a moment ago",
    { copies: "L12 1h", guest: { firstSeenAt: ago("2h") } },
    "copy_absent",
    "No copy on Tertiary",
    "good good good not_due",
  ],
  [
    "a removed copy leaves its slot empty",
    { copies: "L12 7h, 3 7h removed" },
    "copy_absent",
    "No copy on Tertiary",
    "good good good old",
  ],
  [
    "only the local copy missing",
    { copies: "123 7h, L 40h" },
    "copy_old",
    "40 h since the last good copy on Local, target 30 h",
    "old good good good",
  ],
  [
    "the last copy of a first run under way",
    { copies: "L12 1h, 3 1h copying" },
    "copy_running",
    "Copy to Tertiary is running",
    "good good good copying",
  ],
  [
    "two copies of a first run under way",
    { copies: "L1 1h, 23 1h copying" },
    "copy_running",
    "Copies to Secondary and Tertiary are running",
    "good good copying copying",
  ],
  [
    "a copy that waits for its proof",
    { copies: "L12 1h, 3 1h pending" },
    "copy_pending",
    "Newest copy on Tertiary waits to be proven",
    "good good good pending",
  ],
  [
    "two copies that wait for their proof",
    { copies: "L1 1h, 23 1h pending" },
    "copy_pending",
    "Newest copies on Secondary and Tertiary wait to be proven",
    "good good pending pending",
  ],
  [
    "a copy proven by its size alone",
    { copies: "L12 7h, 3 7h P1" },
    "copy_unproven",
    "Newest copy on Tertiary is proven to P1, P2 is required",
    "good good good pending",
  ],
  [
    "two copies proven less than asked",
    { copies: "L1 7h P3, 23 7h P2", policies: [{ ...nightly, requiredProof: "P3" }] },
    "copy_unproven",
    "Newest copies on Secondary and Tertiary are not proven as required",
    "good good pending pending",
  ],
  [
    "a proof that fell short after an older good copy ran out",
    { copies: "L12 7h, 3 7h P1, 3 40h P2" },
    "copy_unproven",
    "Newest copy on Tertiary is proven to P1, P2 is required",
    "good good good pending",
  ],
  [
    "corruption is told before a failure and before age",
    { copies: "L1 7h, 2 7h failed, 3 7h corrupt" },
    "copy_corrupt",
    "Newest copy on Tertiary is corrupt",
    "good good failed corrupt",
  ],
  [
    "a failure is told before age",
    { copies: "L1 7h, 2 50h, 3 7h failed" },
    "copy_failed",
    "Newest copy on Tertiary failed",
    "good good old failed",
  ],
  [
    "the weekly destination of a second policy is late by its own target",
    { copies: "L1 7h, 3 9d", policies: [inSlots("L1"), inSlots("3", { ...weekly, minCopies: 1 })] },
    "copy_old",
    "9 d since the last good copy on Tertiary, target 8 d 18 h",
    "good good not_due old",
  ],
  [
    "two late destinations with targets of their own",
    { copies: "L1 7h, 2 9d, 3 20d", policies: [inSlots("L12"), inSlots("3", weekly)] },
    "copy_old",
    "No good copy within target on Secondary and Tertiary",
    "good good old old",
  ],
  [
    "a slot in two policies is held to the stricter one",
    {
      copies: "L1 7h, 2 5d",
      policies: [nightly, { ...nightly, ...weekly }].map((policy) => ({ ...policy, slots: slotsOf("L12") })),
    },
    "copy_old",
    "5 d since the last good copy on Secondary, target 30 h",
    "good good old not_due",
  ],
]);

rows("at_risk", [
  ["all copies too old", { copies: "L123 48h" }, "too_old", "48 h since the last good copy, target 30 h", allOld],
  ["a minute too old", { copies: "L123 1801m" }, "too_old", "30 h 1 min since the last good copy, target 30 h", allOld],
  ["days too old", { copies: "L123 97h" }, "too_old", "4 d 1 h since the last good copy, target 30 h", allOld],
  [
    "an hourly policy, told to the minute",
    { copies: "L1 165m", policies: [inSlots("L1", { targetMs: 150 * 60_000 })] },
    "too_old",
    "2 h 45 min since the last good copy, target 2 h 30 min",
    "old old not_due not_due",
  ],
  [
    "one old copy is all there is",
    { copies: "2 48h" },
    "too_old",
    "48 h since the last good copy, target 30 h",
    "old old old old",
  ],
  [
    "the newest of the old copies is told",
    { copies: "L 10d, 1 9d, 2 8d, 3 48h" },
    "too_old",
    "48 h since the last good copy, target 30 h",
    allOld,
  ],
  [
    "old copies, and all that came later failed",
    { copies: "L123 48h, L123 7h failed" },
    "too_old",
    "48 h since the last good copy, target 30 h",
    "failed failed failed failed",
  ],
  [
    "old copies while new ones are made",
    { copies: "L123 48h, L 5m pending, 1 2m copying" },
    "too_old",
    "48 h since the last good copy, target 30 h",
    "pending copying old old",
  ],
  [
    "the guest was locked by a migration",
    {
      copies: "L123 48h",
      lock: { kind: "migrate", upid: "UPID:pve1:0000C530:00017A36:6921A1B2:qmigrate:204:root@pam:" },
    },
    "guest_locked",
    "Skipped: guest was locked by a migration (task UPID:pve1:0000C530:00017A36:6921A1B2:qmigrate:204:root@pam:)",
    allOld,
  ],
  [
    "the guest was locked, and nobody knows by which task",
    { copies: "L123 48h", lock: { kind: "backup", upid: null } },
    "guest_locked",
    "Skipped: guest was locked by another backup",
    allOld,
  ],
  [
    "a lock of a kind without words",
    { copies: "L123 48h", lock: { kind: "thaw", upid: null } },
    "guest_locked",
    "Skipped: guest was locked (thaw)",
    allOld,
  ],
  [
    "good only on Local, the remotes failed",
    { copies: "L 7h, 123 7h failed" },
    "copy_failed",
    "Newest copies on Primary, Secondary and Tertiary failed",
    "good failed failed failed",
  ],
  [
    "good only on Local, the remotes are late",
    { copies: "L 7h, 123 48h" },
    "copy_old",
    "No good copy within 30 h on Primary, Secondary and Tertiary",
    "good old old old",
  ],
  [
    "good only on Local, the first copies are being made",
    { copies: "L 10m, 1 5m copying", policies: [inSlots("L1")] },
    "copy_running",
    "Copy to Primary is running",
    "good copying not_due not_due",
  ],
  [
    "one good copy off-site, Local corrupt",
    { copies: "1 7h, L 7h corrupt", policies: [inSlots("L1")], faultCause: "its SHA-256 is 00, not 11" },
    "copy_corrupt",
    "Newest copy on Local is corrupt, checksum differs",
    "corrupt good not_due not_due",
  ],
  [
    "only one of two copies in time",
    { copies: "1 7h, L23 48h" },
    "copy_old",
    "No good copy within 30 h on Local, Secondary and Tertiary",
    "old good old old",
  ],
  [
    "three copies where four are asked",
    { copies: "L12 7h, 3 7h failed", policies: [{ ...nightly, minCopies: 4 }] },
    "copy_failed",
    "Newest copy on Tertiary failed",
    "good good good failed",
  ],
  [
    "fewer destinations than copies asked",
    { copies: "L1 7h", policies: [inSlots("L1", { minCopies: 3 })] },
    "too_few",
    "2 of 3 good copies within 30 h",
    "good good not_due not_due",
  ],
  [
    "no off-site destination in its policy",
    { copies: "L 7h", policies: [inSlots("L")] },
    "no_off_site",
    "Nightly has no off-site destination",
    "good not_due not_due not_due",
  ],
  [
    "no off-site destination, though one copy is all that is asked",
    { copies: "L 7h", policies: [inSlots("L", { minCopies: 1 })] },
    "no_off_site",
    "Nightly has no off-site destination",
    "good not_due not_due not_due",
  ],
  [
    "no off-site destination in either of two policies",
    { copies: "L 7h", policies: [inSlots("L"), inSlots("L", weekly)] },
    "no_off_site",
    "No policy of this guest has an off-site destination",
    "good not_due not_due not_due",
  ],
  [
    "off-site only by the week, while the nightly copy stays in the house",
    { copies: "L 7h, 1 5d", policies: [inSlots("L", { minCopies: 1 }), inSlots("1", { ...weekly, minCopies: 1 })] },
    "no_off_site",
    "No good off-site copy within 30 h",
    "good good not_due not_due",
  ],
  [
    "one asks for more copies than the other, and the larger number counts",
    { copies: "L1 7h", policies: [inSlots("L1"), inSlots("L1", { ...weekly, minCopies: 3 })] },
    "too_few",
    "2 of 3 good copies within 30 h",
    "good good not_due not_due",
  ],
  [
    "a weekly and a nightly policy: the nightly target counts",
    { copies: "L123 5d", policies: [nightly, { ...nightly, ...weekly }] },
    "too_old",
    "5 d since the last good copy, target 30 h",
    allOld,
  ],
  [
    "a schedule that gives no target",
    { copies: "L123 7h", policies: [{ ...nightly, targetMs: null }] },
    "no_target",
    "Nightly has no regular schedule to hold copies against",
    allGood,
  ],
  [
    "two schedules that give no target",
    { copies: "L1 7h", policies: [inSlots("L1", { targetMs: null }), inSlots("L1", { ...weekly, targetMs: null })] },
    "no_target",
    "The policies of this guest have no regular schedule to hold copies against",
    "good good not_due not_due",
  ],
]);

rows("unprotected", [
  ["no copy at all", {}, "no_good_copy", "No good copy anywhere", allOld],
  ["only removed copies", { copies: "L123 7h removed" }, "no_good_copy", "No good copy anywhere", allOld],
  [
    "every copy failed",
    { copies: "L123 7h failed" },
    "no_good_copy",
    "No good copy anywhere, newest copies on Local, Primary, Secondary and Tertiary failed",
    "failed failed failed failed",
  ],
  [
    "the only copy is corrupt",
    { copies: "1 7h corrupt", policies: [inSlots("1")], faultCause: "Its SHA-256 there is 00." },
    "no_good_copy",
    "No good copy anywhere, newest copy on Primary is corrupt, checksum differs",
    "not_due corrupt not_due not_due",
  ],
  [
    "the only copy is gone",
    { copies: "L 7h missing", policies: [inSlots("L1")] },
    "no_good_copy",
    "No good copy anywhere, newest copy on Local is missing",
    "failed old not_due not_due",
  ],
  [
    "the first copy is being made",
    { copies: "L 1m pending", guest: { firstSeenAt: ago("3h") } },
    "no_good_copy",
    "No good copy anywhere, newest copy on Local waits to be proven",
    "pending not_due not_due not_due",
  ],
  [
    "copies, none of them proven as far as asked",
    { copies: "L1 7h P1", policies: [inSlots("L1")] },
    "no_good_copy",
    "No good copy anywhere, newest copies on Local and Primary are not proven as required",
    "pending pending not_due not_due",
  ],
  [
    "never copied, for it was locked",
    { lock: { kind: "snapshot-delete", upid: null } },
    "guest_locked",
    "Skipped: guest was locked by the removal of a snapshot",
    allOld,
  ],
  ["in no policy", { policies: [] }, "no_policy", "No policy includes this guest", none],
  [
    "in no policy, whatever copies it has",
    { copies: "L123 7h", policies: [] },
    "no_policy",
    "No policy includes this guest",
    allGood,
  ],
  [
    "in no policy, and its only copies bad",
    { copies: "L 7h corrupt, 1 7h failed, 2 7h P1", policies: [] },
    "no_policy",
    "No policy includes this guest",
    none,
  ],
  [
    "its only policy switched off",
    { copies: "L123 7h", policies: [{ ...nightly, isEnabled: false }] },
    "policy_off",
    "Nightly is switched off",
    allGood,
  ],
  [
    "all its policies switched off",
    { policies: [nightly, { ...nightly, ...weekly }].map((policy) => ({ ...policy, isEnabled: false })) },
    "policy_off",
    "All policies with this guest are switched off",
    none,
  ],
  [
    "new, in no policy",
    { policies: [], guest: { firstSeenAt: ago("1h") } },
    "new_in_no_policy",
    "New, in no policy",
    none,
  ],
  [
    "a day old, in no policy",
    { policies: [], guest: { firstSeenAt: ago("24h") } },
    "no_policy",
    "No policy includes this guest",
    none,
  ],
  [
    "new, before its first night",
    { policies: [{ ...nightly, nextRunAt: new Date("2026-11-20T01:00:00Z") }], guest: { firstSeenAt: ago("1h") } },
    "new_in_policy",
    "New, joins Nightly tonight at 02:00",
    none,
  ],
  [
    "new, before a run in the afternoon",
    { policies: [{ ...nightly, nextRunAt: new Date("2026-11-19T13:30:00Z") }], guest: { firstSeenAt: ago("1h") } },
    "new_in_policy",
    "New, joins Nightly today at 14:30",
    none,
  ],
  [
    "new, before a run on the next day",
    { policies: [{ ...nightly, nextRunAt: new Date("2026-11-20T13:30:00Z") }], guest: { firstSeenAt: ago("1h") } },
    "new_in_policy",
    "New, joins Nightly tomorrow at 14:30",
    none,
  ],
  [
    "new, in two policies, told the one that comes first",
    {
      policies: [
        { ...nightly, ...weekly, nextRunAt: new Date("2027-01-02T01:00:00Z") },
        { ...nightly, nextRunAt: new Date("2026-11-25T01:00:00Z") },
      ],
      guest: { firstSeenAt: ago("1h") },
    },
    "new_in_policy",
    "New, joins Nightly on 25 Nov at 02:00",
    none,
  ],
  [
    "new, in a policy that is paused for good",
    { guest: { firstSeenAt: ago("1h") } },
    "new_in_policy",
    "New, in Nightly",
    none,
  ],
  [
    "a day old, and its first night brought nothing",
    { guest: { firstSeenAt: ago("25h") } },
    "no_good_copy",
    "No good copy anywhere",
    none,
  ],
]);

rows("excluded", [
  [
    "with a reason alone",
    { copies: "L123 48h", guest: { exclusion: { reason: "rebuilt from templates", until: null } } },
    "excluded",
    "Excluded: rebuilt from templates",
    allGood,
  ],
  [
    "with a name and an end",
    { guest: { exclusion: { reason: "moving to pve2", by: "Mira", until: new Date("2026-12-02T23:30:00Z") } } },
    "excluded",
    "Excluded by Mira until 3 Dec: moving to pve2",
    none,
  ],
  [
    "until next year, in no policy",
    { policies: [], guest: { exclusion: { reason: "lab", until: new Date("2027-03-01T12:00:00Z") } } },
    "excluded",
    "Excluded until 1 Mar 2027: lab",
    none,
  ],
]);

rows("archived", [
  [
    "with its copies kept, however old",
    { copies: "L123 16d", guest: { archivedAt: new Date("2026-11-03T10:00:00Z"), keptCopyCount: 15 } },
    "deleted",
    "Deleted in Proxmox on 3 Nov, 15 copies kept",
    allGood,
  ],
  [
    "with one copy kept",
    { copies: "2 16d", policies: [], guest: { archivedAt: new Date("2026-11-03T10:00:00Z"), keptCopyCount: 1 } },
    "deleted",
    "Deleted in Proxmox on 3 Nov, 1 copy kept",
    "not_due not_due good not_due",
  ],
  [
    "last year, without copies",
    { guest: { archivedAt: new Date("2025-12-31T23:30:00Z"), keptCopyCount: 0 } },
    "deleted",
    "Deleted in Proxmox on 1 Jan, no copies kept",
    none,
  ],
  [
    "in another year, uncounted, and excluded before",
    { guest: { archivedAt: new Date("2025-11-03T10:00:00Z"), exclusion: { reason: "lab", until: null } } },
    "deleted",
    "Deleted in Proxmox on 3 Nov 2025",
    none,
  ],
]);

describe("judgeProtection", () => {
  it("tells the newest good copy, the strictest target, and what each pip's newest good copy is", () => {
    const verdict = judgeProtection(
      factsOf({
        copies: "L 7h P3, 1 7h failed, 1 40h P2, 2 5d",
        policies: [nightly, { ...nightly, ...weekly }],
        faultCause: "quota exceeded (550)",
      }),
    );

    expect(verdict).toMatchObject({ targetSeconds: 30 * 3600, lastGoodAt: ago("7h") });
    expect([verdict.reasonSlots, verdict.faultCause]).toEqual([["primary"], "quota exceeded (550)"]);
    expect(verdict.pips).toEqual([
      { slot: "local", state: "good", at: ago("7h"), proof: "P3" },
      { slot: "primary", state: "failed", at: ago("40h"), proof: "P2" },
      { slot: "secondary", state: "old", at: ago("5d"), proof: "P2" },
      { slot: "tertiary", state: "old", at: null, proof: null },
    ]);
  });

  it("dates a copy no later than its proof, so that a clock set ahead does not keep it young", () => {
    const [copy] = copiesOf("1 7h");
    const ahead = [{ ...copy, takenAt: ago("-400d"), provedAt: ago("48h") }] as KnownCopy[];

    const verdict = judgeProtection({ ...factsOf({}), copies: ahead });

    expect([verdict.state, verdict.lastGoodAt]).toEqual(["at_risk", ago("48h")]);
  });
});

describe("targetOf", () => {
  it.each([
    [null, "02:00", 30],
    [null, "0 2 * * *", 30],
    [null, "*:00", 3],
    [null, "*:0/15", 2.25],
    [null, "*/6:00", 8],
    [null, "sun 03:00", 210],
    [null, "mon..fri 02:00", 90],
    [90, "02:00", 1.5],
  ])("allows, with %s minutes set and the schedule %s, %d hours", (targetMinutes, schedule, hours) => {
    expect(targetOf({ targetMinutes }, schedule, now)).toBe(hours * hourMs);
  });

  it("has none for a schedule that never comes", () => {
    expect(targetOf({ targetMinutes: null }, "02-30", now)).toBeNull();
    expect(targetOf({ targetMinutes: 60 }, "02-30", now)).toBe(hourMs);
  });
});
