/** How long a worker's word holds for its node and its steps; a stalled one loses both. */
export const leaseMs = 20_000;
export const heartbeatEveryMs = 4_000;
/** Forgotten wakes, missed ticks and lost workers are found within this. */
export const reconcileEveryMs = 10_000;
/** A node whose worker was silent for so long fails its steps, so that a run does not stay open for ever. */
export const lostAfterMs = 15 * 60_000;
/** One message a second to the screens, one row write in five. */
export const progressEventEveryMs = 1_000;
export const progressSaveEveryMs = 5_000;
export const logFlushEveryMs = 400;
/** A log event carries at most so many lines; who needs more asks for them. */
export const logEventLines = 200;
/** Postgres away: a step's end is kept and tried again for so long. */
export const databasePatienceMs = 10 * 60_000;
/** How long a guest may take to be running again after a stop-mode backup before we call it not restarted. */
export const guestReturnMs = 20_000;
/** vzdump's node-wide lock is taken by somebody else: ask again after this, without counting it as a try. */
export const busyRetryMs = 30_000;
/** What must stay free in the dump directory beside the expected archive. */
export const spareBytes = 256 * 1024 * 1024;
/** How full the destinations are is asked so often. */
export const measureEveryMs = 15 * 60_000;
/** An upload that nobody came back for so long is abandoned; no copy takes longer. */
export const abandonedAfterMs = 48 * 60 * 60_000;
export const sweepEveryMs = 6 * 60 * 60_000;
