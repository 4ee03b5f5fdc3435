import { defineConfig } from "vitest/config";

const rooms = "{app,components,lab,lib,scripts,worker}";

export default defineConfig({
  resolve: {
    tsconfigPaths: true,
    // Next's marker for server code throws everywhere but in Next.
    alias: { "server-only": new URL("./node_modules/server-only/empty.js", import.meta.url).pathname },
  },
  test: {
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
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
});
