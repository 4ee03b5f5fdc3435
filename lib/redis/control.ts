import { z } from "zod";
import { log } from "@/lib/log";
import { once } from "@/lib/once";
import { producerConnection, waitingConnection } from "./connections";

const channel = "undercroft:control";

/** What workers must hear at once. Lost ones are found again by the reconciler, from the rows. */
const controlSchema = z.object({ type: z.literal("cancel"), runId: z.uuid() });
type Control = z.infer<typeof controlSchema>;

const producer = once(() => producerConnection("control"));

export async function publishControl(control: Control): Promise<void> {
  try {
    await producer().publish(channel, JSON.stringify(control));
  } catch (error) {
    log().debug({ cause: String(error) }, "control not published");
  }
}

/** Calls `listener` for every control from now on; the returned function ends that. */
export async function subscribeControl(listener: (control: Control) => void): Promise<() => void> {
  const subscriber = waitingConnection("control");
  subscriber.on("message", (_channel, text) => {
    const parsed = controlSchema.safeParse(JSON.parse(text));
    if (parsed.success) listener(parsed.data);
  });
  await subscriber.subscribe(channel);
  return () => subscriber.disconnect();
}
