import { type ChildProcess, spawn } from "node:child_process";
import { createWriteStream, openSync } from "node:fs";
import { Readable, type Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { setTimeout as sleep } from "node:timers/promises";
import type { GuestFault } from "../faults";
import type { Interruptions } from "./interruption";

export type Program = { file: string; args: string[] };

export type ArchiveStream = {
  source: { kind: "program"; program: Program } | { kind: "bytes"; bytes: () => AsyncIterable<Uint8Array> };
  compressor: Program | undefined;
  /** A file to write, or the standard output of this process. */
  target: { kind: "file"; path: string } | { kind: "stdout" };
  bandwidthLimitKib: number;
  faults: readonly GuestFault[];
  /** Every line that the programs write on stderr. */
  onLine: (line: string) => void;
  interruptions: Interruptions;
};

export type ArchiveOutcome =
  | { kind: "finished" }
  /** The reader of standard output went away. vzdump does not call this a failure. */
  | { kind: "brokenPipe" }
  | { kind: "cut" }
  | { kind: "interrupted" }
  | { kind: "failed"; exitCode: number };

/** Moves one archive from its source through the compressor to its target, with the limits and faults asked for. */
export async function streamArchive(stream: ArchiveStream): Promise<ArchiveOutcome> {
  const gate = createGate(stream);
  const { source, compressor, target } = stream;
  const children: Child[] = [];
  let isSinkGone = false;
  // A program whose reader goes away is killed by SIGPIPE and has no last words.
  const onLine = (line: string) => {
    if (!isSinkGone && !gate.outcome()) stream.onLine(line);
  };
  const stopWatching = stream.interruptions.onInterrupt(() => {
    for (const child of children) child.kill();
    gate.abort();
  });
  try {
    if (source.kind === "program" && !gate.isNeeded && !compressor && target.kind === "stdout") {
      // Nothing to count or to slow down: the program writes to our reader itself, as in the real pipeline.
      const child = startProgram(source.program, "inherit", onLine, false);
      children.push(child);
      return await outcomeOf([child], stream.interruptions, undefined);
    }
    const producer = source.kind === "program" ? startProgram(source.program, "pipe", onLine, false) : undefined;
    const filter = compressor ? startProgram(compressor, "pipe", onLine, true) : undefined;
    children.push(...[producer, filter].filter((child) => child !== undefined));
    const input = source.kind === "bytes" ? Readable.from(source.bytes()) : streamOf(producer?.process.stdout);
    const sink = openTarget(target).once("error", () => {
      isSinkGone = true;
    });
    const first = filter ? streamOf(filter.process.stdin) : sink;
    // Interrupted, the streams are torn down: a reader that pauses would hold them for ever.
    const options = { signal: gate.signal };
    const isGated = gate.isNeeded || source.kind === "bytes";
    const moves = [isGated ? pipeline(input, gate.pass, first, options) : pipeline(input, first, options)];
    if (filter) moves.push(pipeline(streamOf(filter.process.stdout), sink, options));
    const results = await Promise.allSettled(moves);
    if (target.kind === "stdout" && results.every((result) => result.status === "fulfilled")) await flushed(sink);
    const failure = results.find((result) => result.status === "rejected")?.reason as NodeJS.ErrnoException | undefined;
    if (gate.outcome() === "cut" || gate.outcome() === "noSpace") for (const child of children) child.kill();
    if (gate.outcome() === "noSpace") {
      await Promise.all(children.map((child) => child.ended));
      return { kind: "failed", exitCode: compressorExitCodes[compressor?.file ?? "tar"] ?? 1 };
    }
    if (gate.outcome() === "cut") {
      await Promise.all(children.map((child) => child.ended));
      return { kind: "cut" };
    }
    return await outcomeOf(children, stream.interruptions, failure);
  } finally {
    stopWatching();
  }
}

/** What each program of the pipeline exits with on a full disk. */
const compressorExitCodes: Record<string, number> = { zstd: 70, gzip: 1, lzop: 1, tar: 2 };

type Child = {
  process: ChildProcess;
  ended: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
  kill: () => void;
};

function openTarget(target: ArchiveStream["target"]): Writable {
  // Opened at once, as by the shell of the real pipeline: who looks finds the file from the first moment.
  if (target.kind === "file") return createWriteStream("", { fd: openSync(target.path, "w", 0o644) });
  // Not a file stream: the pipe may be non-blocking, which only this one copes with.
  return process.stdout;
}

/** A pipeline leaves standard output open, and does not wait for what it has not taken yet. */
function flushed(output: Writable): Promise<void> {
  return new Promise((resolve) => output.write("", () => resolve()));
}

function streamOf<Stream>(stream: Stream | null | undefined): Stream {
  if (!stream) throw new Error("a program of the pipeline was started without the pipe it needs");
  return stream;
}

function startProgram(
  program: Program,
  stdout: "pipe" | "inherit",
  onLine: (line: string) => void,
  readsInput: boolean,
): Child {
  const child = spawn(program.file, program.args, {
    stdio: [readsInput ? "pipe" : "ignore", stdout, "pipe"],
    env: { ...process.env, LC_ALL: "C" },
  });
  readLines(child.stderr, onLine);
  const ended = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve) => {
    child.once("error", () => {
      // As the shell of the real pipeline says it; a machine without lzop is the usual case.
      onLine(`/bin/bash: line 1: ${program.file}: command not found`);
      resolve({ code: 127, signal: null });
    });
    child.once("close", (code, signal) => resolve({ code, signal }));
  });
  return { process: child, ended, kill: () => child.kill("SIGTERM") };
}

function readLines(stream: Readable | null, onLine: (line: string) => void): void {
  let rest = "";
  stream?.setEncoding("utf8");
  stream?.on("data", (text: string) => {
    const lines = (rest + text).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) onLine(line);
  });
  stream?.on("end", () => {
    if (rest !== "") onLine(rest);
  });
}

async function outcomeOf(
  children: readonly Child[],
  interruptions: Interruptions,
  failure: NodeJS.ErrnoException | undefined,
): Promise<ArchiveOutcome> {
  const ends = await Promise.all(children.map((child) => child.ended));
  if (interruptions.isInterrupted()) return { kind: "interrupted" };
  if (failure?.code === "EPIPE") return { kind: "brokenPipe" };
  // With pipefail the last program that failed speaks for the pipeline.
  const failed = ends.findLast((end) => end.code !== 0 && end.signal !== "SIGPIPE");
  if (failed) return { kind: "failed", exitCode: failed.code ?? 1 };
  if (ends.some((end) => end.signal === "SIGPIPE")) return { kind: "brokenPipe" };
  if (failure && failure.code !== "ERR_STREAM_PREMATURE_CLOSE") throw failure;
  return { kind: "finished" };
}

/** Counts what passes, and there slows it down, cuts it or kills this process, as limits and faults ask. */
function createGate({ bandwidthLimitKib, faults }: ArchiveStream) {
  const cutAt = faultBytes(faults, "cutStreamSaysSuccess");
  const fullAt = faultBytes(faults, "noSpace");
  const dieAt = faultBytes(faults, "diesHalfWay");
  const slow = faults.find((fault) => fault.kind === "slow")?.bytesPerSecond ?? Number.POSITIVE_INFINITY;
  const limit = bandwidthLimitKib > 0 ? bandwidthLimitKib * 1024 : Number.POSITIVE_INFINITY;
  const bytesPerSecond = Math.min(slow, limit);
  let outcome: "cut" | "noSpace" | undefined;
  const aborter = new AbortController();

  async function* pass(input: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    const startedAt = performance.now();
    let passed = 0;
    for await (const piece of input) {
      for (let at = 0; at < piece.length; at += pieceBytes) {
        if (aborter.signal.aborted) return;
        const part = piece.subarray(at, at + pieceBytes);
        if (passed + part.length > Math.min(cutAt, fullAt)) {
          outcome = cutAt <= fullAt ? "cut" : "noSpace";
          yield part.subarray(0, Math.max(0, Math.min(cutAt, fullAt) - passed));
          return;
        }
        if (passed + part.length > dieAt) {
          yield part.subarray(0, Math.max(0, dieAt - passed));
          await sleep(50);
          process.kill(-process.pid, "SIGKILL");
        }
        yield part;
        passed += part.length;
        if (bytesPerSecond !== Number.POSITIVE_INFINITY) {
          const early = (passed / bytesPerSecond) * 1000 - (performance.now() - startedAt);
          if (early > 5) await sleep(early, undefined, { signal: aborter.signal }).catch(() => undefined);
        }
      }
    }
  }

  const isNeeded = [cutAt, fullAt, dieAt, bytesPerSecond].some((value) => value !== Number.POSITIVE_INFINITY);
  return { pass, isNeeded, outcome: () => outcome, signal: aborter.signal, abort: () => aborter.abort() };
}

const pieceBytes = 65_536;

function faultBytes(faults: readonly GuestFault[], kind: "cutStreamSaysSuccess" | "noSpace" | "diesHalfWay"): number {
  const fault = faults.find((candidate) => candidate.kind === kind);
  return fault && "afterBytes" in fault ? fault.afterBytes : Number.POSITIVE_INFINITY;
}
