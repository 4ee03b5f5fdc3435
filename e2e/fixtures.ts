import { type APIRequestContext, test as base, expect, type Page } from "@playwright/test";

type LabFault = { vmid: number; fault: { kind: string; [option: string]: unknown }; times?: number };

type Lab = {
  setFaults: (guests: LabFault[]) => Promise<void>;
  setRemoteUp: (name: "labsftp" | "labdav" | "labs3", up: boolean) => Promise<void>;
  changeGuest: (vmid: number, change: Record<string, unknown>) => Promise<void>;
  addGuest: (guest: Record<string, unknown>) => Promise<number>;
  removeGuest: (vmid: number) => Promise<void>;
};

type Fixtures = {
  /** The REST API with the admin's token. */
  api: APIRequestContext;
  lab: Lab;
  /** A page of somebody who signed in, and that said nothing to the console that an error is. */
  console: Page;
};

type WorkerFixtures = { signIn: string };

function setting(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set: e2e runs by scripts/stack/playwright-setup.mjs`);
  return value;
}

export const test = base.extend<Fixtures, WorkerFixtures>({
  /** Signed in once for all specs; each page begins with these cookies. */
  signIn: [
    async ({ browser }, use, { workerIndex }) => {
      const path = `test-results/sign-in-${workerIndex}.json`;
      const page = await browser.newPage({ baseURL: setting("UNDERCROFT_URL") });
      await signIn(page);
      await page.context().storageState({ path });
      await page.close();
      await use(path);
    },
    { scope: "worker" },
  ],

  api: async ({ playwright }, use) => {
    const context = await playwright.request.newContext({
      baseURL: setting("UNDERCROFT_URL"),
      extraHTTPHeaders: { authorization: `Bearer ${setting("UNDERCROFT_API_TOKEN")}` },
    });
    await use(context);
    await context.dispose();
  },

  lab: async ({ playwright }, use) => {
    const control = await playwright.request.newContext({ baseURL: setting("UNDERCROFT_LAB_CONTROL_URL") });
    const ask = async (method: string, path: string, data?: unknown) => {
      const answer = await control.fetch(`/lab/${path}`, { method, ...(data === undefined ? {} : { data }) });
      expect(answer.ok(), `${method} ${path}: ${await answer.text()}`).toBe(true);
      return answer.json();
    };
    await use({
      setFaults: (guests) => ask("PUT", "faults", { guests }),
      setRemoteUp: (name, up) => ask("POST", `remotes/${name}`, { up }),
      changeGuest: (vmid, change) => ask("PATCH", `guests/${vmid}`, change),
      addGuest: async (guest) => (await ask("POST", "guests", guest)).vmid,
      removeGuest: (vmid) => ask("DELETE", `guests/${vmid}`),
    });
    await ask("PUT", "faults", {});
    for (const name of ["labsftp", "labdav", "labs3"]) await ask("POST", `remotes/${name}`, { up: true });
    await control.dispose();
  },

  console: async ({ browser, signIn: storageState }, use) => {
    const context = await browser.newContext({ storageState, baseURL: setting("UNDERCROFT_URL") });
    const page = await context.newPage();
    const said: string[] = [];
    page.on("console", (message) => {
      if (message.type() === "error") said.push(message.text());
    });
    page.on("pageerror", (error) => said.push(String(error)));
    await use(page);
    expect(said).toEqual([]);
    await context.close();
  },
});

export { expect };

/** Signs in as the admin that the first start made. */
async function signIn(page: Page): Promise<void> {
  await page.goto("/login");
  await page.getByLabel("Name").fill(setting("UNDERCROFT_ADMIN_NAME"));
  await page.getByLabel("Password").fill(setting("UNDERCROFT_ADMIN_PASSWORD"));
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.waitForURL("/");
}

type Settings = Record<string, unknown>;

/** A policy over some guests to all four destinations, made by the API. */
export async function makePolicy(api: APIRequestContext, name: string, settings: Settings): Promise<string> {
  const answer = await api.post("/api/v1/policies", {
    data: {
      name,
      schedule: "02:00",
      timeZone: "UTC",
      settings: { includeHostConfig: false, ...settings },
      destinations: [
        { slot: "local", retention: { keepLast: 2 } },
        { slot: "primary", retention: { keepLast: 15 } },
        { slot: "secondary", retention: { keepLast: 15 } },
        { slot: "tertiary", retention: { keepLast: 15 } },
      ],
    },
  });
  expect(answer.status(), await answer.text()).toBe(201);
  return (await answer.json()).id;
}

export async function startRunOf(api: APIRequestContext, policyId: string): Promise<string> {
  const answer = await api.post(`/api/v1/policies/${policyId}/runs`, { data: {} });
  expect(answer.status(), await answer.text()).toBe(202);
  return (await answer.json()).id;
}

type Run = { status: string; statusReason: string | null; number: number };

/** The run, once it is over. */
export async function endOfRun(api: APIRequestContext, runId: string): Promise<Run> {
  const read = async (): Promise<Run> => (await api.get(`/api/v1/runs/${runId}`)).json();
  await expect.poll(async () => (await read()).status, { timeout: 150_000 }).not.toMatch(/^(queued|running)$/);
  return read();
}
