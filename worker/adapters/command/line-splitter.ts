import { StringDecoder } from "node:string_decoder";

/** A line longer than this is cut: a program that prints megabytes without a newline must not fill our memory. */
const maxLineLength = 64 * 1024;

export type LineSplitter = { write: (chunk: Buffer) => void; end: () => void };

/** Cuts a byte stream into lines without their endings. A line over the cap is cut and says how much it lost. */
export function createLineSplitter(onLine: (line: string) => void, cap: number = maxLineLength): LineSplitter {
  const decoder = new StringDecoder("utf8");
  let pending = "";
  let lost = 0;

  const take = (text: string): void => {
    const room = cap - pending.length;
    pending += text.slice(0, room);
    lost += Math.max(0, text.length - room);
  };
  const deliver = (): void => {
    const line = pending.endsWith("\r") && lost === 0 ? pending.slice(0, -1) : pending;
    const cut = lost > 0 ? `${line} [${lost} more characters]` : line;
    pending = "";
    lost = 0;
    onLine(cut);
  };
  const feed = (text: string): void => {
    let start = 0;
    for (let end = text.indexOf("\n"); end !== -1; end = text.indexOf("\n", start)) {
      take(text.slice(start, end));
      deliver();
      start = end + 1;
    }
    take(text.slice(start));
  };

  return {
    write: (chunk) => feed(decoder.write(chunk)),
    end: () => {
      feed(decoder.end());
      if (pending !== "" || lost > 0) deliver();
    },
  };
}

export type LineTail = { push: (line: string) => void; text: () => string };

/** Keeps the last lines of a stream, for the error that may have to say why a program failed. */
export function createLineTail(count = 50): LineTail {
  const lines: string[] = [];
  return {
    push: (line) => {
      lines.push(line);
      if (lines.length > count) lines.shift();
    },
    text: () => lines.join("\n"),
  };
}
