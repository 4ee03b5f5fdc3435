import { PassThrough, type Readable } from "node:stream";

import { ToolError } from "@/lib/domain/errors";
import { createLineSplitter, createLineTail } from "./line-splitter";
import { type CommandRequest, watchEnding } from "./run-command";
import { startProgram, toolName } from "./start-program";

export type StreamCommand = (request: Omit<CommandRequest, "input" | "maxStdoutBytes">) => Readable;

/**
 * Runs a program and hands out its standard output while it comes. The stream ends only after the program ended well:
 * a program that fails or is cancelled destroys the stream with a ToolError, however complete the bytes looked.
 * Destroying the stream ends the program.
 */
export const streamCommand: StreamCommand = (request) => {
  const child = startProgram(request, ["ignore", "pipe", "pipe"]);
  const ending = watchEnding(child, request);
  const output = new PassThrough({ highWaterMark: 1024 * 1024 });

  const tail = createLineTail();
  const errLines = createLineSplitter((line) => {
    tail.push(line);
    request.onLine?.(line, "stderr");
  });
  child.stderr?.on("data", (chunk: Buffer) => errLines.write(chunk));
  child.stdout?.pipe(output, { end: false });
  output.once("close", () => {
    child.stdout?.resume();
    ending.end("canceled");
  });

  ending.ended.then(
    ({ exitCode, reason }) => {
      errLines.end();
      if (reason === "exited" && exitCode === 0) output.end();
      else output.destroy(new ToolError({ tool: toolName(request), reason, exitCode, stderrTail: tail.text() }));
    },
    (error: Error) => output.destroy(error),
  );
  return output;
};
