import { constants, createZstdCompress } from "node:zlib";
import type { FrameSizes } from "./seek-table";
import { encodeSeekTable } from "./seek-table";

const defaultFrameSizeBytes = 8 * 1024 * 1024;

export type FrameWriterOptions = {
  /** zstd level, 1 to 19. */
  level: number;
  /** Frames compressed at the same time on libuv's threads; memory is (threads + 1) frames. */
  threads: number;
  frameSizeBytes?: number;
  /** Gets the compressed bytes in order, one call at a time. */
  sink: (bytes: Buffer) => Promise<void> | void;
};

export type FrameWriter = {
  /** Takes the bytes (copied before it returns) and resolves once there is room for more; rejects with the first error. */
  write(chunk: Uint8Array): Promise<void>;
  /** Writes what is left and the seek table; resolves when the sink has taken all of it. */
  end(): Promise<FrameSizes[]>;
  /** Waits for frames in flight without writing anything more. */
  abort(): Promise<void>;
};

/** The most that zstd makes of so many bytes (zstd.h, ZSTD_COMPRESSBOUND, rounded up). */
const compressBound = (rawBytes: number) => rawBytes + (rawBytes >>> 8) + 1024;

/**
 * One write that is a whole frame, into room for all of it: zstd then reads the input where it lies instead of copying
 * it through a window (measured: less memory and smaller frames than zstdCompress, which always streams).
 */
function compressFrame(raw: Buffer, level: number): Promise<Buffer> {
  const room = compressBound(raw.length);
  const options = {
    params: { [constants.ZSTD_c_compressionLevel]: level, [constants.ZSTD_c_checksumFlag]: 1 },
    pledgedSrcSize: raw.length,
    flush: constants.ZSTD_e_end,
    chunkSize: room,
    // An option of every stream, which zlib passes on: else the write waits until somebody reads.
    readableHighWaterMark: 2 * room,
  };
  const stream = createZstdCompress(options);
  return new Promise((resolve, reject) => {
    stream.once("error", reject);
    stream.write(raw, () => {
      const frame: Buffer | null = stream.read();
      stream.destroy();
      if (frame) resolve(frame);
      else reject(new Error("zstd made no frame"));
    });
  });
}

/**
 * Cuts a stream into pieces of equal size and makes each an independent zstd frame with its content size and checksum,
 * followed by the standard seek table: a plain .zst for every reader, of which any piece can be read alone.
 */
export function createFrameWriter(options: FrameWriterOptions): FrameWriter {
  const frameSizeBytes = options.frameSizeBytes ?? defaultFrameSizeBytes;
  const frames: FrameSizes[] = [];
  const free: Buffer[] = [];
  let buffersMade = 0;
  let filling: Buffer | undefined;
  let filledBytes = 0;
  let failure: { error: unknown } | undefined;
  let written: Promise<void> = Promise.resolve();
  let roomMade: (() => void) | undefined;

  function startFrame(buffer: Buffer, rawBytes: number): void {
    const compressing = compressFrame(buffer.subarray(0, rawBytes), options.level);
    const before = written;
    // Every frame waits for the one before it, so the sink sees them in order. `settle` never rejects: the first error
    // is kept for the next write.
    const settle = async () => {
      try {
        const [compressed] = await Promise.all([compressing, before]);
        if (failure) return;
        frames.push({ storedBytes: compressed.length, rawBytes });
        await options.sink(compressed);
      } catch (error) {
        failure ??= { error };
      } finally {
        free.push(buffer);
        roomMade?.();
      }
    };
    written = settle();
  }

  async function takeBuffer(): Promise<Buffer> {
    while (free.length === 0 && buffersMade > options.threads) {
      await new Promise<void>((resolve) => {
        roomMade = resolve;
      });
      roomMade = undefined;
    }
    const reused = free.pop();
    if (reused) return reused;
    buffersMade += 1;
    return Buffer.allocUnsafeSlow(frameSizeBytes);
  }

  const throwFailure = () => {
    if (failure) throw failure.error;
  };

  return {
    async write(chunk) {
      throwFailure();
      for (let position = 0; position < chunk.length; ) {
        filling ??= await takeBuffer();
        throwFailure();
        const taken = Math.min(chunk.length - position, frameSizeBytes - filledBytes);
        filling.set(chunk.subarray(position, position + taken), filledBytes);
        filledBytes += taken;
        position += taken;
        if (filledBytes === frameSizeBytes) {
          startFrame(filling, filledBytes);
          filling = undefined;
          filledBytes = 0;
        }
      }
    },
    async end() {
      throwFailure();
      if (filling && filledBytes > 0) startFrame(filling, filledBytes);
      filling = undefined;
      await written;
      throwFailure();
      await options.sink(encodeSeekTable(frames));
      return frames;
    },
    async abort() {
      failure ??= { error: new Error("The frame writer was aborted") };
      await written;
    },
  };
}
