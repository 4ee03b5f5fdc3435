import { buildApp, buildFolders, generateClient } from "./bootstrap/build-app.mjs";
import { installPackages } from "./bootstrap/install-packages.mjs";
import { abortOnInterruption } from "./interruption.mjs";

/** `npm run build`: packages, database client and the app, as an image needs them. */
const signal = abortOnInterruption();
await installPackages(signal);
await generateClient(signal);
await buildApp(buildFolders.start, signal);
