import { Transform } from "node:stream";

/**
 * Unwraps `aws-chunked` bodies: `<hex size>[;chunk-signature=...]\r\n<bytes>\r\n ... 0\r\n<trailers>`. Newer S3 clients
 * send uploads this way. Chunk signatures are not checked; the request's own signature is.
 */
export function createAwsChunkedDecoder(): Transform {
  let state: "size" | "bytes" | "ending" | "trailers" = "size";
  let held: Buffer = Buffer.alloc(0);
  let left = 0;

  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      held = held.length === 0 ? chunk : Buffer.concat([held, chunk]);
      for (;;) {
        if (state === "size") {
          const end = held.indexOf("\r\n");
          if (end === -1) return done();
          left = Number.parseInt(held.toString("latin1", 0, end), 16);
          if (!Number.isSafeInteger(left)) return done(new Error("a chunk without a size"));
          held = held.subarray(end + 2);
          state = left === 0 ? "trailers" : "bytes";
        } else if (state === "bytes") {
          const taken = held.subarray(0, left);
          if (taken.length === 0) return done();
          this.push(taken);
          held = held.subarray(taken.length);
          left -= taken.length;
          if (left === 0) state = "ending";
        } else if (state === "ending") {
          if (held.length < 2) return done();
          held = held.subarray(2);
          state = "size";
        } else {
          held = Buffer.alloc(0);
          return done();
        }
      }
    },
    flush(done) {
      done(state === "trailers" ? null : new Error("the chunked body ended too early"));
    },
  });
}
