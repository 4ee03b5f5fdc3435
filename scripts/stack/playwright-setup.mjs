import { bootstrap } from "../bootstrap/bootstrap.mjs";
import { buildApp, buildFolders } from "../bootstrap/build-app.mjs";
import { browserPrograms, productPrograms } from "../bootstrap/install-programs.mjs";
import { say } from "../say.mjs";
import { createTemporaryDataDirectory } from "../services/data-directory.mjs";
import { findFreePort } from "../services/free-port.mjs";
import { startStack } from "./start-stack.mjs";

/**
 * The product under test, with a folder and ports of its own. Specs find it in the environment: UNDERCROFT_URL,
 * UNDERCROFT_API_TOKEN, UNDERCROFT_ADMIN_NAME, UNDERCROFT_ADMIN_PASSWORD, UNDERCROFT_LAB_CONTROL_URL, DATABASE_URL.
 */
export default async function setUp() {
  await bootstrap({ programs: { ...productPrograms, ...browserPrograms } });
  const buildFolder = await buildApp(buildFolders.test);
  const stack = await startStack({
    directory: createTemporaryDataDirectory(),
    isTemporary: true,
    host: "127.0.0.1",
    port: await findFreePort(),
    buildFolder,
    // Specs sign in again and again from one address.
    environment: { UNDERCROFT_SIGN_IN_LIMIT: "1000", UNDERCROFT_RETRY_DELAYS_SECONDS: "1,2" },
    labEnvironment: { UNDERCROFT_LAB_ESTATE: "tiny" },
    say,
  });
  Object.assign(process.env, {
    UNDERCROFT_URL: stack.url,
    UNDERCROFT_API_TOKEN: stack.settings.apiToken,
    UNDERCROFT_ADMIN_NAME: stack.settings.adminName,
    UNDERCROFT_ADMIN_PASSWORD: stack.settings.adminPassword,
    UNDERCROFT_LAB_CONTROL_URL: stack.lab.controlUrl,
    DATABASE_URL: stack.databaseUrl,
  });
  return stack.stop;
}
