import { setTimeout as sleep } from "node:timers/promises";

/** Lets a stream pass at so many bytes a second at most; infinity for no limit. */
export function throttle(bytesPerSecond: number) {
  return async function* (input: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    const startedAt = performance.now();
    let passed = 0;
    for await (const piece of input) {
      yield piece;
      passed += piece.length;
      const early = (passed / bytesPerSecond) * 1000 - (performance.now() - startedAt);
      if (early > 5) await sleep(early);
    }
  };
}
