/** Of a server that cannot be reached, timed out or closed the connection: Prisma's codes, the socket's, PostgreSQL's. */
const awayCodes = new Set([
  "P1001",
  "P1002",
  "P1008",
  "P1017",
  "P2024",
  "ECONNREFUSED",
  "ECONNRESET",
  "ETIMEDOUT",
  "EPIPE",
  "57P01",
  "57P02",
  "57P03",
]);

/** Under a raw query Prisma says P2010 whatever happened; what it was is the driver's kind (@prisma/adapter-pg). */
const awayKinds = new Set(["DatabaseNotReachable", "ConnectionClosed", "SocketTimeout", "TooManyConnections"]);

/** Whether an error only says that the database does not answer at the moment. */
export function isStoreAway(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { code, meta, cause } = error as Error & {
    code?: unknown;
    meta?: { driverAdapterError?: { cause?: { kind?: unknown; originalCode?: unknown } } };
  };
  const driver = meta?.driverAdapterError?.cause;
  const codes = [code, driver?.originalCode].map(String);
  return codes.some((known) => awayCodes.has(known)) || awayKinds.has(String(driver?.kind)) || isStoreAway(cause);
}
