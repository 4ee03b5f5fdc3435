/** A vzdump whose archive still grows that long after it was asked to stop has missed the signal. */
const repeatAfterMs = 10_000;
/** vzdump's command line passes the fourth signal on as KILL, which leaves the guest stopped and locked. */
const maxSignals = 3;

/**
 * Whether a vzdump that is to be canceled is to be asked (again) to stop. Once the archive is whole it only starts the
 * guest again, and once the archive has stopped growing it is cleaning up: nobody is to interrupt either.
 */
export function shouldSignal(dump: {
  isWhole: boolean;
  isGrowing: boolean;
  signals: number;
  sinceSignalMs: number;
}): boolean {
  if (dump.isWhole || dump.signals >= maxSignals) return false;
  return dump.signals === 0 || (dump.isGrowing && dump.sinceSignalMs > repeatAfterMs);
}
