import { config } from "@/lib/config";
import type { PolicyBody, PolicyPatch, PolicyView } from "@/lib/contracts/policies";
import { findCluster } from "@/lib/db/clusters";
import { destinationsInUse } from "@/lib/db/destinations";
import { deletePolicy, findPolicy, insertPolicy, type PolicyRow, updatePolicy } from "@/lib/db/policies";
import { AppError } from "@/lib/domain/errors";
import { type PolicyDestination, policySettingsSchema } from "@/lib/domain/policy";
import { retentionRulesSchema } from "@/lib/domain/retention";
import { nextEvents } from "@/lib/domain/schedule";
import { log } from "@/lib/log";
import { publishEvent } from "@/lib/redis/events";
import { removePolicySchedule, upsertPolicySchedule } from "@/lib/redis/queues";
import { addedRemovals } from "./added-removals";
import { viewPolicy } from "./list-policies";
import { requireSchedule, requireTimeZone } from "./require-schedule";

/** Makes a policy and plans its deliveries. Fails with invalid_input that names fields, or not_possible. */
export async function createPolicy(body: PolicyBody, now: Date): Promise<PolicyView> {
  const cluster = await findCluster(config().clusterName);
  if (!cluster) throw new AppError("not_possible", "No cluster is set up yet.", { action: "Connect Proxmox" });
  const { destinations, ...columns } = body;
  requireSound(body, now);
  const row = await insertPolicy(cluster.id, columns, await targetsOf(cluster.id, destinations), now);
  if (!row) throw nameTaken();
  await policySaved(row);
  return viewPolicy(row, now);
}

/**
 * Changes a policy as its reader knew it. Fails with conflict when it was saved by somebody else since, and with
 * invalid_input for a change that deletes copies while `confirmDeletions` is not their number.
 */
export async function changePolicy(policyId: string, patch: PolicyPatch, now: Date): Promise<PolicyView> {
  const before = await requirePolicy(policyId);
  if (patch.revision !== before.revision) throw saveConflict(before);
  const after = patched(bodyOf(before), patch);
  requireSound(after, now);
  await requireConfirmed(before, after, patch.confirmDeletions, now);

  const { destinations, ...columns } = after;
  const isRescheduled = after.schedule !== before.schedule || after.timeZone !== before.timeZone;
  const isSwitchedOn = after.isEnabled && !before.isEnabled;
  const row = await updatePolicy(policyId, patch.revision, {
    columns,
    targets: patch.destinations && (await targetsOf(before.clusterId, destinations)),
    restartsAt: isRescheduled || isSwitchedOn ? now : undefined,
  });
  if (row === "name_taken") throw nameTaken();
  if (row === "stale") throw saveConflict(await requirePolicy(policyId));
  await policySaved(row);
  return viewPolicy(row, now);
}

/** Ends a policy. Its runs stay, and a run under way goes on; its copies are pruned by nobody any more. */
export async function endPolicy(policyId: string, now: Date): Promise<void> {
  if (!(await deletePolicy(policyId, now))) throw noPolicy();
  await forgetSchedule(policyId);
  await publishEvent({ type: "policy.changed", policyId });
}

/** After every save: deliveries follow the row, and screens hear of it. Without Redis the reconciler does the former later. */
export async function policySaved(row: PolicyRow): Promise<void> {
  if (row.isEnabled) {
    await upsertPolicySchedule(row).catch((error: unknown) => {
      log().warn({ policyId: row.id, cause: String(error) }, "schedule not set; the reconciler will");
    });
  } else {
    await forgetSchedule(row.id);
  }
  await publishEvent({ type: "policy.changed", policyId: row.id });
}

async function forgetSchedule(policyId: string): Promise<void> {
  await removePolicySchedule(policyId).catch((error: unknown) => {
    log().warn({ policyId, cause: String(error) }, "schedule not removed; its deliveries find nothing to do");
  });
}

export async function requirePolicy(policyId: string): Promise<PolicyRow> {
  const row = await findPolicy(policyId);
  if (!row) throw noPolicy();
  return row;
}

/** What no schema can see: that the schedule is one and comes, and that the zone exists. */
function requireSound(body: PolicyBody, now: Date): void {
  const schedule = requireSchedule(body.schedule, "schedule");
  requireTimeZone(body.timeZone);
  if (nextEvents(schedule, { after: now, timeZone: body.timeZone, count: 1 }).length === 0) {
    throw fieldError("schedule", "never comes");
  }
}

async function targetsOf(clusterId: string, destinations: readonly PolicyDestination[]) {
  const known = await destinationsInUse(clusterId);
  return destinations.map(({ slot, isRequired, retention }, position) => {
    const destination = known.find((row) => row.slot === slot);
    if (!destination) throw fieldError(`destinations.${position}.slot`, "is no destination that is set up");
    return { destinationId: destination.id, isRequired, retention };
  });
}

function bodyOf(row: PolicyRow): PolicyBody {
  const { name, isEnabled, schedule, timeZone } = row;
  const destinations = row.destinations.map(({ destination, isRequired, retention }) => ({
    slot: destination.slot,
    isRequired,
    retention: retentionRulesSchema.parse(retention),
  }));
  return { name, isEnabled, schedule, timeZone, settings: policySettingsSchema.parse(row.settings), destinations };
}

function patched(body: PolicyBody, patch: PolicyPatch): PolicyBody {
  return {
    name: patch.name ?? body.name,
    isEnabled: patch.isEnabled ?? body.isEnabled,
    schedule: patch.schedule ?? body.schedule,
    timeZone: patch.timeZone ?? body.timeZone,
    settings: patch.settings ?? body.settings,
    destinations: patch.destinations ?? body.destinations,
  };
}

/** No deletion nobody saw coming: rules that remove more than the present ones need the number of copies that go. */
async function requireConfirmed(
  before: PolicyRow,
  after: PolicyBody,
  confirmed: number | undefined,
  now: Date,
): Promise<void> {
  const removals = await addedRemovals(bodyOf(before), after, now);
  if (removals === 0 || removals === confirmed) return;
  const copies = removals === 1 ? "1 copy" : `${removals} copies`;
  throw new AppError("invalid_input", `This save deletes ${copies}.`, {
    safe: "Nothing was saved or deleted.",
    action: `Save and delete ${copies}`,
    fields: { confirmDeletions: `must be ${removals}, the number of copies this save deletes` },
  });
}

const fieldError = (field: string, reason: string) =>
  new AppError("invalid_input", `${field}: ${reason}`, { fields: { [field]: reason } });
const nameTaken = () => fieldError("name", "is the name of another policy");
const noPolicy = () => new AppError("not_found", "There is no policy with this id.");

function saveConflict({ updatedAt }: PolicyRow): AppError {
  return new AppError("conflict", `This policy was saved by somebody else at ${updatedAt.toISOString()}.`, {
    safe: "Your changes are still here.",
    action: "Compare",
  });
}
