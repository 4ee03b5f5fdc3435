import type { PolicyView } from "@/lib/contracts/policies";
import { setPolicyPause, setPolicySkip } from "@/lib/db/policies";
import { AppError } from "@/lib/domain/errors";
import { nextRunAt, viewPolicy } from "./list-policies";
import { policySaved, requirePolicy } from "./save-policy";

/** Lets the schedule rest until an instant; null ends the rest. Runs a person starts are not concerned. */
export async function pausePolicy(policyId: string, until: Date | null, now: Date): Promise<PolicyView> {
  if (until && until <= now) {
    throw new AppError("invalid_input", "until: is not in the future", { fields: { until: "is not in the future" } });
  }
  const row = await setPolicyPause(policyId, until);
  if (!row) throw new AppError("not_found", "There is no policy with this id.");
  await policySaved(row);
  return viewPolicy(row, now);
}

/** Leaves out the next run by schedule; asked twice, it is still that one. Fails with not_possible where there is none. */
export async function skipNextRun(policyId: string, now: Date): Promise<PolicyView> {
  const policy = await requirePolicy(policyId);
  const isSkipAhead = policy.skipDueAt !== null && policy.skipDueAt > now;
  const next = isSkipAhead ? policy.skipDueAt : nextRunAt(policy, now);
  if (!next) throw new AppError("not_possible", "This policy has no next run to leave out.");
  const row = await setPolicySkip(policyId, next);
  if (!row) throw new AppError("not_found", "There is no policy with this id.");
  await policySaved(row);
  return viewPolicy(row, now);
}
