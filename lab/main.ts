import { parseArgs } from "node:util";
import { rootlessNote } from "./estate/create-estate";
import { startLab } from "./start-lab";

const { values } = parseArgs({
  options: {
    data: { type: "string", default: ".data/lab" },
    "api-port": { type: "string", default: "0" },
    estate: { type: "string", default: process.env.UNDERCROFT_LAB_ESTATE ?? "full" },
  },
});

if (values.estate !== "full" && values.estate !== "tiny") {
  console.error(`the lab has the estates "full" and "tiny", not "${values.estate}"`);
  process.exit(2);
}

const lab = await startLab({ directory: values.data, estate: values.estate, apiPort: Number(values["api-port"]) });
if (rootlessNote) console.log(`lab: ${rootlessNote}`);
console.log(`lab: API ${lab.description.apiUrl}, controls ${lab.description.controlUrl}`);
console.log("lab ready");

let isStopping = false;
async function stop(): Promise<void> {
  if (isStopping) return;
  isStopping = true;
  await lab.stop();
  process.exit(0);
}
for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) process.on(signal, () => void stop());
process.on("disconnect", () => void stop());
