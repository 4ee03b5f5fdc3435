/** The server's time as this browser knows it. The browser's own clock only measures how long ago it was told. */
let offsetMs = 0;

/** Takes over the time an answer or a beat of the stream carried. */
export function syncServerClock(serverTime: string): void {
  const told = Date.parse(serverTime);
  if (Number.isFinite(told)) offsetMs = told - Date.now();
}

/** Milliseconds since the epoch, by the server. */
export function serverNow(): number {
  return Date.now() + offsetMs;
}

/** How far this browser's clock is from the server's; positive when the browser is behind. */
export function clockSkewMs(): number {
  return offsetMs;
}
