export type Freshness = "live" | "reconnecting" | "stale" | "offline";

/** Beats come every 10 s: two may be late before the screen says so, and after a minute it says what it shows is old. */
export function freshnessOf(heardAgoMs: number, isOnline: boolean): Freshness {
  if (!isOnline) return "offline";
  if (heardAgoMs < 25_000) return "live";
  return heardAgoMs <= 60_000 ? "reconnecting" : "stale";
}
