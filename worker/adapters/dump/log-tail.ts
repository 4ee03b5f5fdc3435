import { open } from "node:fs/promises";
import { parseDumpLogLine } from "../../dump/job-folder";

const chunkBytes = 256 * 1024;

type LogTail = { read: (onLine: (line: string, at: Date) => void) => Promise<void> };

/** Hands out the lines of a growing log, each once; the first `skipCount` were told before. */
export function createLogTail(path: string, skipCount: number): LogTail {
  let offset = 0;
  let leftToSkip = skipCount;
  let rest = Buffer.alloc(0);

  const tell = (text: string, onLine: (line: string, at: Date) => void) => {
    const parsed = parseDumpLogLine(text);
    if (!parsed) return;
    if (leftToSkip > 0) leftToSkip -= 1;
    else onLine(parsed.line, parsed.at);
  };

  return {
    async read(onLine) {
      const file = await open(path, "r").catch((error: unknown) => {
        if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
        throw error;
      });
      if (!file) return;
      try {
        for (;;) {
          const { bytesRead, buffer } = await file.read({ buffer: Buffer.alloc(chunkBytes), position: offset });
          if (bytesRead === 0) return;
          offset += bytesRead;
          rest = Buffer.concat([rest, buffer.subarray(0, bytesRead)]);
          for (let end = rest.indexOf(0x0a); end >= 0; end = rest.indexOf(0x0a)) {
            tell(rest.subarray(0, end).toString("utf8"), onLine);
            rest = rest.subarray(end + 1);
          }
        }
      } finally {
        await file.close();
      }
    },
  };
}
