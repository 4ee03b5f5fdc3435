import { z } from "zod";
import { readJson, writeJson } from "./state/json-file";
import { exclusively } from "./state/named-lock";
import { labPlaces } from "./state/places";

const guestFaultSchema = z.discriminatedUnion("kind", [
  /** The guest is locked by something else: vzdump refuses it. */
  z.strictObject({ kind: z.literal("locked"), lock: z.string().default("backup") }),
  /** The target fills up after so many bytes of the stream. */
  z.strictObject({ kind: z.literal("noSpace"), afterBytes: z.int().min(0).default(65_536) }),
  /** The vzdump worker is killed (SIGKILL) after so many bytes: guest stopped, lock and leftovers stay. */
  z.strictObject({ kind: z.literal("diesHalfWay"), afterBytes: z.int().min(0).default(65_536) }),
  /** The guest's volume is missing: vzdump fails before a byte is written. */
  z.strictObject({ kind: z.literal("failsBeforeDump") }),
  /** The guest stays stopped after the backup, and vzdump says "finished successfully" (exit 0). */
  z.strictObject({ kind: z.literal("guestDoesNotRestart") }),
  /** The stream ends after so many bytes; vzdump says "finished successfully" (exit 0), without a total. */
  z.strictObject({ kind: z.literal("cutStreamSaysSuccess"), afterBytes: z.int().min(0).default(65_536) }),
  /** The stream flows at so many bytes a second. */
  z.strictObject({ kind: z.literal("slow"), bytesPerSecond: z.int().min(1) }),
]);

export type GuestFault = z.infer<typeof guestFaultSchema>;

const apiFaultSchema = z.discriminatedUnion("kind", [
  /** Every connection to the API is dropped. */
  z.strictObject({ kind: z.literal("apiDown") }),
  /** Every call answers 500. */
  z.strictObject({ kind: z.literal("api500") }),
  /** Every call waits first. */
  z.strictObject({ kind: z.literal("slowApi"), delayMs: z.int().min(0).max(600_000) }),
]);

/** How often a fault strikes; without it, until it is taken away. */
const times = z.int().min(1).optional();

const armedGuestFaultSchema = z.object({
  vmid: z.union([z.int().min(100), z.literal("*")]),
  fault: guestFaultSchema,
  times,
});
const armedApiFaultSchema = z.object({ fault: apiFaultSchema, times });

/** What is asked of the lab to go wrong. `PUT /lab/faults` replaces all of it. */
export const faultsSchema = z.strictObject({
  guests: z.array(armedGuestFaultSchema.strict()).default([]),
  api: z.array(armedApiFaultSchema.strict()).default([]),
});

export type Faults = z.infer<typeof faultsSchema>;
export type ApiFault = z.infer<typeof apiFaultSchema>;

export function readFaults(directory: string): Faults {
  return readJson<Faults>(labPlaces(directory).faults) ?? { guests: [], api: [] };
}

export function writeFaults(directory: string, faults: Faults): Promise<void> {
  return exclusively(`${directory}/faults`, () => writeJson(labPlaces(directory).faults, faults));
}

/** The faults that strike this backup of this guest. Each use counts once against its `times`. */
export function takeGuestFaults(directory: string, vmid: number): Promise<GuestFault[]> {
  if (readFaults(directory).guests.length === 0) return Promise.resolve([]);
  return exclusively(`${directory}/faults`, () => {
    const faults = readFaults(directory);
    const struck = faults.guests.filter((armed) => armed.vmid === "*" || armed.vmid === vmid);
    const guests = faults.guests.flatMap((armed) => (struck.includes(armed) ? usedOnce(armed) : [armed]));
    writeJson(labPlaces(directory).faults, { ...faults, guests });
    return struck.map((armed) => armed.fault);
  });
}

/** The faults that strike this API call. */
export function takeApiFaults(directory: string): Promise<ApiFault[]> {
  const { api } = readFaults(directory);
  if (api.length === 0) return Promise.resolve([]);
  if (api.every((armed) => armed.times === undefined)) return Promise.resolve(api.map((armed) => armed.fault));
  return exclusively(`${directory}/faults`, () => {
    const faults = readFaults(directory);
    writeJson(labPlaces(directory).faults, { ...faults, api: faults.api.flatMap(usedOnce) });
    return faults.api.map((armed) => armed.fault);
  });
}

function usedOnce<Armed extends { times?: number | undefined }>(armed: Armed): Armed[] {
  if (armed.times === undefined) return [armed];
  return armed.times > 1 ? [{ ...armed, times: armed.times - 1 }] : [];
}
