import { readJson, writeJson } from "./state/json-file";
import { exclusively } from "./state/named-lock";
import { labPlaces } from "./state/places";

/** What can go wrong with one guest's backup. */
export type GuestFault =
  /** The guest is locked by something else: vzdump refuses it. */
  | { kind: "locked"; lock: string }
  /** The target fills up after so many bytes of the stream. With --stdout nothing can be written at all. */
  | { kind: "noSpace"; afterBytes: number }
  /** The vzdump worker is killed (SIGKILL) after so many bytes: guest as it is then, lock and leftovers stay. */
  | { kind: "diesHalfWay"; afterBytes: number }
  /** The guest's volume is missing: vzdump fails before a byte is written. */
  | { kind: "failsBeforeDump" }
  /**
   * The guest stays stopped after the backup, and vzdump says "finished successfully" (exit 0). `output` is what the
   * failing start prints: lines without a prefix, which nothing counts as a warning.
   */
  | { kind: "guestDoesNotRestart"; output?: string[] | undefined }
  /** The stream ends after so many bytes; vzdump says "finished successfully" (exit 0), for containers without a total. */
  | { kind: "cutStreamSaysSuccess"; afterBytes: number }
  /** The stream flows at so many bytes a second. */
  | { kind: "slow"; bytesPerSecond: number };

/** What can go wrong with the API. */
export type ApiFault =
  /** Every connection is dropped. */
  | { kind: "apiDown" }
  /** Every call answers 500. */
  | { kind: "api500" }
  /** The API's own daemon is down: 595, but for /version, which the proxy answers itself. */
  | { kind: "daemonDown" }
  /** A node is down: 595 for what the proxy would ask it, and its entries say offline. */
  | { kind: "nodeDown"; node: string }
  /** Every call waits first. */
  | { kind: "slowApi"; delayMs: number };

/** How often a fault strikes; without it, until it is taken away. */
type Times = { times?: number | undefined };

export type Faults = {
  guests: ({ vmid: number | "*"; fault: GuestFault } & Times)[];
  api: ({ fault: ApiFault } & Times)[];
};

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
