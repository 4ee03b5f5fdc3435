const newline = 0x0a;

/** Far beyond any line that vzdump means to be read; its longest own one is a command of some 700 characters. */
const maxLineBytes = 64 * 1024;

export type LineReader = { push: (chunk: Buffer) => void; end: () => void };

/**
 * Gives out the whole lines of each chunk at once, without their endings. Of a line over the cap the start is kept, with
 * the count of bytes it lost, so that a program that never ends its line cannot fill the memory.
 */
export function createLineReader(onLines: (lines: string[]) => void): LineReader {
  let kept: Buffer[] = [];
  let keptBytes = 0;
  let lostBytes = 0;

  function keep(bytes: Buffer): void {
    const room = Math.min(maxLineBytes - keptBytes, bytes.length);
    if (room > 0) kept.push(Buffer.from(bytes.subarray(0, room)));
    keptBytes += room;
    lostBytes += bytes.length - room;
  }

  function finishLine(): string {
    const text = Buffer.concat(kept).toString("utf8").replace(/\r$/, "");
    const line = lostBytes > 0 ? `${text} [${lostBytes} more bytes]` : text;
    kept = [];
    keptBytes = 0;
    lostBytes = 0;
    return line;
  }

  return {
    push(chunk) {
      const lines: string[] = [];
      let start = 0;
      for (let end = chunk.indexOf(newline); end !== -1; end = chunk.indexOf(newline, start)) {
        keep(chunk.subarray(start, end));
        lines.push(finishLine());
        start = end + 1;
      }
      keep(chunk.subarray(start));
      if (lines.length > 0) onLines(lines);
    },
    end() {
      if (keptBytes > 0) onLines([finishLine()]);
    },
  };
}
