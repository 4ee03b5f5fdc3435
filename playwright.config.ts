import { defineConfig } from "@playwright/test";

/** Debian's Chromium, as root and without a graphics card or a network. */
const chromiumArgs = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--disable-dev-shm-usage",
];

export default defineConfig({
  testDir: "e2e",
  // Starts a whole product of its own and leaves its address and sign-in in UNDERCROFT_URL, _ADMIN_NAME, ….
  globalSetup: "./scripts/stack/playwright-setup.mjs",
  // One lab, one queue, two cores: specs take turns.
  workers: 1,
  fullyParallel: false,
  retries: 0,
  forbidOnly: true,
  timeout: 300_000,
  expect: { timeout: 30_000 },
  reporter: [["list"], ["json", { outputFile: process.env.PLAYWRIGHT_JSON_OUTPUT_FILE ?? "test-results/e2e.json" }]],
  outputDir: "test-results/e2e",
  use: {
    ...(process.env.UNDERCROFT_URL ? { baseURL: process.env.UNDERCROFT_URL } : {}),
    viewport: { width: 1440, height: 900 },
    trace: "retain-on-failure",
    launchOptions: { executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: chromiumArgs },
  },
});
