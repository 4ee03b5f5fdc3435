import AxeBuilder from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import { endOfRun, expect, makePolicy, startRunOf, test } from "./fixtures";

const standards = ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"];

async function expectNoViolations(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).withTags(standards).analyze();
  expect(
    violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(" | ")}`),
  ).toEqual([]);
}

for (const colorScheme of ["light", "dark"] as const) {
  for (const [size, viewport] of [
    ["1440 px", { width: 1440, height: 900 }],
    ["390 px", { width: 390, height: 844 }],
  ] as const) {
    test(`every screen is free of axe violations, asks no other host and fits, ${colorScheme}, ${size}`, async ({
      console: page,
      api,
      baseURL,
    }) => {
      await page.setViewportSize(viewport);
      await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
      const hosts = new Set<string>();
      page.on("request", (request) => hosts.add(new URL(request.url()).host));
      const name = `Axe ${colorScheme} ${size}`;
      const policyId = await makePolicy(api, name, { selection: { kind: "picked", vmids: [102] } });
      const runId = await startRunOf(api, policyId);
      await endOfRun(api, runId);

      for (const [path, heading] of [
        ["/", /protected/],
        ["/runs", "Runs"],
        [`/runs/${runId}`, new RegExp(name)],
        ["/policies", "Policies"],
        ["/policies/new", /policy/i],
        [`/policies/${policyId}/edit`, new RegExp(name)],
      ] as const) {
        await page.goto(path);
        await expect(page.getByRole("heading", { level: 1, name: heading })).toBeVisible();
        await expectNoViolations(page);
        const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
        expect(overflow, `${path} scrolls sideways`).toBeLessThanOrEqual(0);
      }
      expect([...hosts]).toEqual([new URL(baseURL ?? "").host]);
    });
  }
}

test("the sign-in is free of axe violations and answers a wrong password in words", async ({ page }) => {
  await page.goto("/login");
  await expectNoViolations(page);

  await page.getByLabel("Name").fill("nobody");
  await page.getByLabel("Password").fill("wrong-password");
  await page.getByRole("button", { name: "Sign in" }).click();

  await expect(page.getByText(/is wrong/)).toBeVisible();
});

test("whoever is not signed in is led to the sign-in from every screen", async ({ page }) => {
  for (const path of ["/", "/runs", "/policies", "/policies/new"]) {
    await page.goto(path);
    await expect(page).toHaveURL(/\/login/);
  }
});
