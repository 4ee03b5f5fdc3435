import { basename } from "node:path";
import { formatArchiveName, stampOfLocalText } from "@/lib/domain/archive-name";
import { type DumpLog, emptyDumpLog, withLine } from "@/lib/domain/dump-log";
import { parseVzdumpLine, type VzdumpFact } from "@/lib/domain/vzdump-line";
import type { DumpPhase, DumpRequest, DumpState } from "./job-folder";

export type VzdumpWatch = {
  add: (lines: readonly string[]) => void;
  /** Resolves once vzdump has said when it started (frames) or where it writes (stock); it may never. */
  archiveName: Promise<string>;
  /** All that the lines have told so far. */
  log: () => DumpLog;
};

type Change = Partial<Pick<DumpState, "phase" | "archiveName" | "vzdumpPercent">>;

const phases: Partial<Record<VzdumpFact["kind"], DumpPhase>> = {
  lock_awaited: "waiting",
  lock_taken: "preparing",
  guest_started: "preparing",
  target: "archiving",
  target_stdout: "archiving",
};

function nameFrom(fact: VzdumpFact, { engine, type, vmid }: DumpRequest): string | undefined {
  if (engine === "stock") return fact.kind === "target" ? basename(fact.target) : undefined;
  if (fact.kind !== "backup_started") return undefined;
  const stamp = stampOfLocalText(fact.localTime);
  return formatArchiveName({
    guestType: type,
    vmid,
    stamp,
    format: type === "lxc" ? "tar" : "vma",
    compression: "zst",
  });
}

/** Follows vzdump by its lines: the name of the archive, the phase, and what the verdict needs. */
export function watchVzdump(request: DumpRequest, onChange: (change: Change) => void): VzdumpWatch {
  const named = Promise.withResolvers<string>();
  let isNamed = false;
  let log = emptyDumpLog;

  function take(text: string): void {
    const line = parseVzdumpLine(text);
    const { fact } = line;
    log = withLine(log, line);
    if (fact.kind === "progress") onChange({ vzdumpPercent: fact.percent });
    const phase = phases[fact.kind];
    if (phase) onChange({ phase });
    const archiveName = isNamed ? undefined : nameFrom(fact, request);
    if (archiveName === undefined) return;
    isNamed = true;
    onChange({ archiveName });
    named.resolve(archiveName);
  }

  return {
    add: (lines) => {
      for (const text of lines) take(text);
    },
    archiveName: named.promise,
    log: () => log,
  };
}
