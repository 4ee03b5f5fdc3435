import { setTimeout as sleep } from "node:timers/promises";

const pollMs = 1000;
const finalStatuses = ["succeeded", "partial", "failed", "missed", "cancelled"];

/** Every night, all guests, to all four places, kept as the product keeps by default: 2 locally, 15 at each remote. */
const nightly = {
  name: "Nightly",
  schedule: "02:00",
  settings: { selection: { kind: "all" } },
  destinations: [
    { slot: "local", retention: { keepLast: 2 } },
    { slot: "primary", retention: { keepLast: 15 } },
    { slot: "secondary", retention: { keepLast: 15 } },
    { slot: "tertiary", retention: { keepLast: 15 } },
  ],
};

/**
 * Runs the policy "Nightly" once, made if there is none, and tells `say` of each step as it ends. Resolves to the run as
 * the API shows it.
 */
export async function runSamplePolicy(call, say) {
  const { items } = await call("GET", "/policies");
  const timeZone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const policy =
    items.find(({ name }) => name === nightly.name) ?? (await call("POST", "/policies", { ...nightly, timeZone }));
  const { id, number } = await call("POST", `/policies/${policy.id}/runs`, {});
  say(`run ${number} of the policy "${policy.name}" has begun`);
  return followRun(call, id, say);
}

async function followRun(call, runId, say) {
  const told = new Set();
  for (;;) {
    const run = await call("GET", `/runs/${runId}`);
    const ended = run.guests.flatMap((guest) => guest.steps.map((step) => ({ guest, step }))).filter(hasEnded);
    for (const { guest, step } of ended.filter(({ step }) => !told.has(step.id)).sort(byEnd)) {
      told.add(step.id);
      if (isWorthALine(step)) say(stepLine(guest, step));
    }
    if (finalStatuses.includes(run.status)) return run;
    await sleep(pollMs);
  }
}

function hasEnded({ step }) {
  return step.endedAt !== null && step.status !== "running";
}

function byEnd(a, b) {
  return a.step.endedAt.localeCompare(b.step.endedAt);
}

/** What went well and moved nothing, and what did not happen because of a failure told already, is on the run's page. */
function isWorthALine({ kind, status }) {
  if (status === "succeeded") return ["host_config", "dump", "copy"].includes(kind);
  return status !== "skipped";
}

function stepLine(guest, step) {
  const who = guest.vmid === null ? `configuration of ${guest.nodeName}` : `${guest.vmid} ${guest.name}`;
  const what = step.kind === "copy" ? `copied to ${step.slot}` : { dump: "dumped", host_config: "saved" }[step.kind];
  if (step.status !== "succeeded") {
    return `  ${who}: ${step.kind} (${step.slot}) ${step.status}. ${step.fault?.cause ?? ""}`;
  }
  const seconds = ((Date.parse(step.endedAt) - Date.parse(step.startedAt)) / 1000).toFixed(1);
  return `  ${who}: ${what}, ${sizeText(step.bytesDone)} in ${seconds} s`;
}

/** How a run went, in one line. */
export function runLine(run) {
  const seconds = ((Date.parse(run.endedAt) - Date.parse(run.startedAt)) / 1000).toFixed(0);
  const copyCount = run.guests.flatMap(({ steps }) => steps).filter(isGoodCopy).length;
  const reason = run.statusReason ? `. ${run.statusReason}` : "";
  const guests = `${run.guestCounts.done ?? 0} of ${run.guestCounts.total} guests`;
  return `Run ${run.number} ${run.status}: ${guests} backed up, ${copyCount} copies verified, in ${seconds} s${reason}`;
}

function isGoodCopy({ kind, status }) {
  return kind === "verify" && status === "succeeded";
}

function sizeText(bytes) {
  return `${(bytes / 1024 / 1024).toFixed(1)} MiB`;
}
