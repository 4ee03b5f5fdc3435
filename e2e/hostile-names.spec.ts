import { endOfRun, expect, makePolicy, startRunOf, test } from "./fixtures";

const policyName = `<img src=x onerror=alert(1)> "'$(id)\` ../../`;
const guestName = `<b onclick=alert(2)>bold</b> ${"🙂".repeat(200)}`;

test("hostile names are plain text on every screen", async ({ console: page, api, lab }) => {
  const dialogs: string[] = [];
  page.on("dialog", (dialog) => {
    dialogs.push(dialog.message());
    return dialog.dismiss();
  });
  const notes = `two\nlines <script>alert(3)</script>`;
  const vmid = await lab.addGuest({ node: "pve1", name: guestName, notes, sizeBytes: 50_000 });
  const policyId = await makePolicy(api, policyName, { selection: { kind: "picked", vmids: [vmid] } });
  const runId = await startRunOf(api, policyId);
  expect((await endOfRun(api, runId)).status).toBe("succeeded");

  await page.goto(`/runs/${runId}`);
  await expect(page.getByRole("heading", { level: 1 })).toContainText(policyName);
  await expect(page.getByText(guestName, { exact: false }).first()).toBeVisible();
  await page.goto("/runs");
  await expect(page.getByRole("link").filter({ hasText: policyName }).first()).toBeVisible();
  await page.goto("/policies");
  await expect(page.getByRole("link", { name: policyName })).toBeVisible();
  await page.goto(`/policies/${policyId}/edit`);
  await expect(page.getByRole("textbox", { name: "Name", exact: true })).toHaveValue(policyName);
  await page.goto("/");
  await expect(page.getByRole("main").getByText(policyName).first()).toBeVisible();
  expect(await page.locator("img[src=x], b[onclick], main script").count()).toBe(0);
  expect(dialogs).toEqual([]);

  await api.delete(`/api/v1/policies/${policyId}`);
  await lab.removeGuest(vmid);
});
