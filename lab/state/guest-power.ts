import { setTimeout as sleep } from "node:timers/promises";
import { readEstate } from "./estate";
import { setGuestStatus } from "./guests";

/** Takes a guest down, in the time this estate's guests need. */
export async function shutDownGuest(directory: string, vmid: number): Promise<void> {
  await sleep(readEstate(directory).shutdownMs);
  setGuestStatus(directory, vmid, "stopped");
}

/** Brings a guest up, in the time this estate's guests need. */
export async function startGuest(directory: string, vmid: number): Promise<void> {
  await sleep(readEstate(directory).startMs);
  setGuestStatus(directory, vmid, "running");
}
