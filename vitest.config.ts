import { defineConfig } from "vitest/config";

const rooms = "{app,components,lab,lib,scripts,worker}";

export default defineConfig({
  resolve: {
    tsconfigPaths: true,
    // Next's marker for server code throws everywhere but in Next.
    alias: { "server-only": new URL("./node_modules/server-only/empty.js", import.meta.url).pathname },
  },
  test: {
    // A bound against hanging, not a measure of speed: two clones may test on one machine at the same time.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // Tests start real processes: more files at once than cores would only make each of them slow.
    maxWorkers: 2,
    projects: [
      {
        extends: true,
        test: {
          name: "unit",
          include: [`${rooms}/**/*.test.{ts,tsx,mjs}`],
          exclude: ["**/*.integration.test.*", "**/node_modules/**"],
        },
      },
      {
        extends: true,
        test: {
          name: "integration",
          include: [`${rooms}/**/*.integration.test.{ts,mjs}`],
          globalSetup: "./scripts/services/vitest-setup.mjs",
          testTimeout: 180_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
