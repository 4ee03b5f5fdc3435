import { closeSync, constants, openSync, unlinkSync } from "node:fs";
import { Socket } from "node:net";

const pieceBytes = 64 * 1024;

export type ArchivePipe = {
  /** To be given to the writing process, and then to be closed here: else the pipe never ends. */
  writeFd: number;
  closeWriter: () => void;
  /**
   * What was written, piece by piece; a piece is valid until the next is asked for. Ends when the last writer has closed
   * the pipe. Leaving the loop closes it: the writer then finds it broken.
   */
  read: () => AsyncGenerator<Buffer>;
  /** From now on, silence of that length is the end: a daemon that the writer left behind may hold the pipe open for good. */
  endWhenSilent: (silenceMs: number) => void;
};

/**
 * Opens both ends of a named pipe, whose name is gone when this returns. Node's own pipes to children are sockets that
 * allocate a buffer for every read; on a stream of gigabytes the garbage collector then takes a sixth of all CPU time.
 */
export function openArchivePipe(path: string): ArchivePipe {
  const readFd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  const writeFd = openSync(path, constants.O_WRONLY);
  unlinkSync(path);
  const buffer = Buffer.allocUnsafeSlow(pieceBytes);
  let piece: Buffer | undefined;
  let isClosed = false;
  let failure: Error | undefined;
  let wake: (() => void) | undefined;
  let waitingSinceMs: number | undefined;
  let watcher: NodeJS.Timeout | undefined;

  const socket = new Socket({
    fd: readFd,
    readable: true,
    writable: false,
    onread: {
      buffer,
      callback: (bytes) => {
        piece = buffer.subarray(0, bytes);
        wake?.();
        // Stops the reading until the piece is used, for the next one lands in the same buffer.
        return false;
      },
    },
  });
  socket.once("error", (error) => {
    failure = error;
  });
  socket.once("close", () => {
    isClosed = true;
    clearInterval(watcher);
    wake?.();
  });

  async function nextPiece(): Promise<Buffer | undefined> {
    if (!piece && !isClosed) {
      waitingSinceMs = performance.now();
      await new Promise<void>((resolve) => {
        wake = resolve;
        socket.resume();
      });
      wake = undefined;
      waitingSinceMs = undefined;
    }
    const next = piece;
    piece = undefined;
    return next;
  }

  return {
    writeFd,
    closeWriter: () => closeSync(writeFd),
    async *read() {
      try {
        for (let next = await nextPiece(); next; next = await nextPiece()) yield next;
        if (failure) throw failure;
      } finally {
        socket.destroy();
      }
    },
    endWhenSilent(silenceMs) {
      if (isClosed) return;
      watcher = setInterval(() => {
        if (waitingSinceMs !== undefined && performance.now() - waitingSinceMs > silenceMs) socket.destroy();
      }, silenceMs / 4);
    },
  };
}
