import { z } from "zod";
import type { GuestType } from "@/lib/domain/guest";
import type { PveApi } from "./client";
import { ClusterRefusal } from "./refusal";

const statusSchema = z.object({ status: z.string(), lock: z.string().optional(), qmpstatus: z.string().optional() });

export type GuestState = {
  isRunning: boolean;
  /** Running but not working: a VM paused or suspended ("paused", "prelaunch"). */
  isPaused: boolean;
  /** "backup", "migrate", "snapshot"…: somebody works on the guest, or died while doing so. */
  lock: string | null;
};

type GuestPlace = { type: Exclude<GuestType, "host">; vmid: number; nodeName: string };

/** A guest as it is now; undefined when it is not on this node (any more). */
export async function readGuestState(
  api: PveApi,
  { type, vmid, nodeName }: GuestPlace,
): Promise<GuestState | undefined> {
  const guests = type === "qemu" ? api.nodes.$(nodeName).qemu : api.nodes.$(nodeName).lxc;
  try {
    const { status, lock, qmpstatus } = statusSchema.parse(await guests.$(vmid).status.current.$get());
    const isRunning = status === "running";
    return { isRunning, isPaused: isRunning && qmpstatus !== undefined && qmpstatus !== "running", lock: lock ?? null };
  } catch (error) {
    if (isNoSuchGuest(error)) return undefined;
    throw error;
  }
}

/** Proxmox has no 404: `500 Configuration file 'nodes/pve1/lxc/999.conf' does not exist`. */
function isNoSuchGuest(error: unknown): boolean {
  return error instanceof ClusterRefusal && /^Configuration file '.+' does not exist/.test(error.message);
}
