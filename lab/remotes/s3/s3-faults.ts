export const s3Operations = ["get", "head", "put", "copy", "part", "complete", "delete", "list", "other"] as const;
export type S3Operation = (typeof s3Operations)[number];

/** One way in which the server misbehaves, plain data so that it can be asked for over HTTP. */
export type S3Fault = {
  /** Which requests it hits; "any" is all of them. */
  on: S3Operation | "any";
  /** Only keys that contain this. */
  keyIncludes?: string;
  /** How many requests it hits before it is spent; without it, all. */
  times?: number;
  /** Refuse with this status and code (503 SlowDown, 507 QuotaExceeded...). */
  status?: number;
  code?: string;
  /** Break the connection after this many bytes of the body. */
  cutAtBytes?: number;
  /** Answer well and store the body with the bits of this byte turned over: what a failing disk does. */
  flipByteAt?: number;
  bytesPerSecond?: number;
  /** Take the request and never answer. */
  hang?: boolean;
};

export type FaultTable = { set: (faults: readonly S3Fault[]) => void; take: (op: S3Operation, key: string) => S3Fault };

/** The faults asked for. `take` merges all that hit a request and counts them down. */
export function createFaultTable(): FaultTable {
  let active: { fault: S3Fault; left: number }[] = [];
  return {
    set: (faults) => {
      active = faults.map((fault) => ({ fault, left: fault.times ?? Number.POSITIVE_INFINITY }));
    },
    take: (op, key) => {
      const hits = active.filter(
        ({ fault, left }) =>
          left > 0 && (fault.on === op || fault.on === "any") && key.includes(fault.keyIncludes ?? ""),
      );
      for (const hit of hits) hit.left -= 1;
      return Object.assign({ on: op }, ...hits.map(({ fault }) => fault));
    },
  };
}
