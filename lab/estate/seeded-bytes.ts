const blockBytes = 1 << 20;

/** A small generator of numbers (xorshift32): the same seed gives the same estate on every machine. */
export function createRandom(seed: number): () => number {
  let state = seed | 0 || 0x9e3779b9;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
}

/** So many bytes that no compressor makes smaller, in pieces of at most 1 MiB. */
export function* noise(seed: number, sizeBytes: number): Generator<Uint8Array> {
  const next = createRandom(seed);
  for (let left = sizeBytes; left > 0; left -= blockBytes) {
    const words = new Uint32Array(blockBytes / 4);
    for (let index = 0; index < words.length; index++) words[index] = next();
    yield new Uint8Array(words.buffer, 0, Math.min(left, blockBytes));
  }
}

/** So many bytes that compress about as well as logs do, in pieces of at most 1 MiB. */
export function* logLines(seed: number, sizeBytes: number): Generator<Uint8Array> {
  const next = createRandom(seed);
  const paths = ["/api/orders", "/api/customers", "/health", "/static/app.js", "/login", "/api/invoices/export"];
  let left = sizeBytes;
  let line = 0;
  while (left > 0) {
    let text = "";
    while (text.length < Math.min(left, blockBytes)) {
      const path = paths[next() % paths.length];
      text += `10.0.${next() % 8}.${next() % 256} - - [22/Nov/2026] "GET ${path}?id=${line++} HTTP/1.1" 200 ${next() % 9000}\n`;
    }
    const piece = Buffer.from(text.slice(0, Math.min(left, blockBytes)), "latin1");
    left -= piece.length;
    yield piece;
  }
}

export function collect(pieces: Iterable<Uint8Array>): Uint8Array {
  return Buffer.concat([...pieces]);
}
