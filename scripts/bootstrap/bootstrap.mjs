import { generateClient } from "./build-app.mjs";
import { installPackages } from "./install-packages.mjs";
import { installPrograms, productPrograms } from "./install-programs.mjs";
import { requireNodeVersion } from "./node-version.mjs";

/** From a fresh clone to a checkout that can build and run. Each part is skipped when it is done already. */
export async function bootstrap({ programs = productPrograms, signal } = {}) {
  requireNodeVersion();
  await installPackages(signal);
  await installPrograms(programs, signal);
  await generateClient(signal);
}
