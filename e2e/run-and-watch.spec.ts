import { endOfRun, expect, makePolicy, startRunOf, test } from "./fixtures";

test("a policy made in the browser backs its guests up, and the browser watches it live", async ({
  console: page,
  api,
  lab,
}) => {
  await lab.setFaults([{ vmid: 101, fault: { kind: "slow", bytesPerSecond: 900_000 } }]);

  await page.goto("/policies/new");
  await page.getByRole("textbox", { name: "Name", exact: true }).fill("Nightly in the browser");
  const preview = page.getByRole("complementary", { name: "Preview" });
  await expect(preview.getByText(/Every night at 02:00/).first()).toBeVisible();
  await expect(preview.getByRole("listitem").nth(9)).toBeVisible();
  await page.getByRole("button", { name: "Save policy" }).click();
  await page.waitForURL("/policies");

  const row = page.getByRole("listitem").filter({ hasText: "Nightly in the browser" });
  await row.getByRole("button", { name: "Run now" }).click();
  await page.waitForURL(/\/runs\/[0-9a-f-]{36}/);
  const runId = page.url().split("/").at(-1)?.slice(0, 36) ?? "";

  await expect(page.getByRole("heading", { level: 1, name: /Nightly in the browser/ })).toBeVisible();
  await expect(page.getByText("Running", { exact: true }).first()).toBeVisible();
  await expect(page.getByRole("progressbar").first()).toBeVisible();
  await expect(page.getByText(/sending archive to stdout|creating vzdump archive/).first()).toBeVisible();

  // Nothing is reloaded: the end arrives over the event stream.
  await expect(page.getByText("Succeeded", { exact: true }).first()).toBeVisible({ timeout: 150_000 });
  expect((await endOfRun(api, runId)).status).toBe("succeeded");

  const log = await api.get(`/api/v1/runs/${runId}/log?format=text`);
  expect(await log.text()).toContain("INFO: Starting Backup of VM 101 (lxc)");
});

test("one guest that fails and one remote that is down are said in words, and a retry does only what is missing", async ({
  console: page,
  api,
  lab,
}) => {
  await lab.setFaults([{ vmid: 200, fault: { kind: "failsBeforeDump" } }]);
  await lab.setRemoteUp("labdav", false);
  const policyId = await makePolicy(api, "One fails", { selection: { kind: "picked", vmids: [101, 200] } });
  const runId = await startRunOf(api, policyId);

  await page.goto(`/runs/${runId}`);
  await expect(page.getByText(/Finished with \d+ failures?/).first()).toBeVisible({ timeout: 150_000 });
  await expect(page.getByText(/Copy to Secondary failed/).first()).toBeVisible();
  await expect(page.getByText(/Dump failed/).first()).toBeVisible();
  const partial = await endOfRun(api, runId);
  expect(partial).toMatchObject({ status: "partial", statusReason: expect.stringContaining("Secondary") });

  await lab.setFaults([]);
  await lab.setRemoteUp("labdav", true);
  await page.getByRole("button", { name: /Retry failed/ }).click();
  await expect(page.getByText("Succeeded", { exact: true }).first()).toBeVisible({ timeout: 150_000 });

  const { guests } = await (await api.get(`/api/v1/runs/${runId}`)).json();
  const web = guests.find((guest: { vmid: number }) => guest.vmid === 101);
  const repeated = web.steps.filter((step: { attempt: number }) => step.attempt === 2);
  expect(repeated.map((step: { kind: string; slot: string }) => `${step.kind} ${step.slot}`).toSorted()).toEqual([
    "copy secondary",
    "prune secondary",
    "verify secondary",
  ]);
});

test("a run that is cancelled in the browser ends, and says by whom", async ({ console: page, api, lab }) => {
  await lab.setFaults([{ vmid: 101, fault: { kind: "slow", bytesPerSecond: 200_000 } }]);
  const policyId = await makePolicy(api, "To be cancelled", { selection: { kind: "picked", vmids: [101] } });
  const runId = await startRunOf(api, policyId);
  await page.goto(`/runs/${runId}`);
  await expect(page.getByText(/sending archive to stdout/).first()).toBeVisible({ timeout: 120_000 });

  await page.getByRole("button", { name: "Cancel run" }).click();
  await expect(page.getByRole("dialog")).toContainText("Stop To be cancelled?");
  await page.getByRole("button", { name: "Stop run" }).click();

  await expect(page.getByText("Cancelled", { exact: true }).first()).toBeVisible({ timeout: 120_000 });
  expect((await endOfRun(api, runId)).statusReason).toMatch(/^Cancelled by /);
});

test("a guest that stays stopped after its backup is a failure on the screen, with its archive kept", async ({
  console: page,
  api,
  lab,
}) => {
  await lab.setFaults([{ vmid: 101, fault: { kind: "guestDoesNotRestart" } }]);
  const settings = { selection: { kind: "picked", vmids: [101] }, mode: "stop" };
  const runId = await startRunOf(api, await makePolicy(api, "Stays stopped", settings));
  await endOfRun(api, runId);

  await page.goto(`/runs/${runId}`);
  await expect(page.getByText(/did not start again/).first()).toBeVisible();
  await expect(page.getByText(/The archive is good and is kept/).first()).toBeVisible();
  await lab.changeGuest(101, { isRunning: true });
});
