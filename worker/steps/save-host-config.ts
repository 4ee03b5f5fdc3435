import { join } from "node:path";
import { StepSkipped } from "../step-endings";
import { madeResult } from "./dump";
import { archiveDirectory } from "./point-of-step";
import type { StepContext, StepResult } from "./step-context";

/** A node's own configuration, first in every run: without it a lost node is rebuilt from memory. */
export async function saveHostConfig(context: StepContext): Promise<StepResult> {
  const { tools, places, node, guest, step, settings } = context;
  if (guest.name !== node.name) throw new StepSkipped(`${guest.name} is not the node ${node.name}.`);
  const made = await tools.saveHostConfig(
    {
      nodeName: node.name,
      hostRoot: places.hostRoot,
      directory: archiveDirectory(places.dumpDirectory, "host"),
      workDirectory: join(places.stateDirectory, "host", step.id),
      takenAt: new Date(),
      timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone,
      compressionLevel: settings.compressionLevel,
    },
    { signal: context.signal, onLine: (line) => context.log("info", line) },
  );
  return madeResult(context, made);
}
