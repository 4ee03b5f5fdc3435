/**
 * The servers of this test run: scripts/services/vitest-setup.mjs starts them, migrates the database and names them here.
 * Without them a test fails; it is never skipped.
 */
export function testServer(name: "DATABASE_URL" | "REDIS_URL"): string {
  const url = process.env[name];
  if (!url) throw new Error(`${name} is not set: integration tests run by vitest's project "integration".`);
  return url;
}
