import { AppError, type ErrorCode } from "@/lib/domain/errors";
import type { ArchiveLog } from "./archive-log";
import type { DumpedArchive, DumpRequest } from "./job-folder";
import type { ProgressFile } from "./progress-file";
import type { VzdumpExit } from "./start-vzdump";
import type { VzdumpWatch } from "./watch-vzdump";

/** What both engines work with. */
export type DumpJob = {
  folder: string;
  request: DumpRequest;
  /** Aborted when the dump is to be canceled. */
  signal: AbortSignal;
  progress: ProgressFile;
  watch: VzdumpWatch;
  archiveLog: ArchiveLog;
  onLines: (lines: string[]) => void;
  /** Says something of our own in vzdump.log. */
  say: (text: string) => void;
};

/** What an engine has when vzdump is over: how it ended, and a way to make an archive of it or to leave nothing behind. */
export type EndedDump = VzdumpExit & {
  /** Why we gave up on our side, before vzdump did. */
  failure: AppError | undefined;
  /** What came through the pipe, for the verdict; null with the stock engine. */
  received: { bytes: number; isWhole: boolean; reason: string } | null;
  publish: () => Promise<DumpedArchive>;
  discard: () => Promise<void>;
};

export type DumpEngine = (job: DumpJob) => Promise<EndedDump>;

const codesByErrno: Record<string, ErrorCode> = {
  ENOSPC: "dump_directory_full",
  EDQUOT: "dump_directory_full",
  EACCES: "dump_directory_unusable",
  EPERM: "dump_directory_unusable",
  EROFS: "dump_directory_unusable",
  ENOENT: "dump_directory_unusable",
  ENOTDIR: "dump_directory_unusable",
  EIO: "dump_directory_unusable",
  ESTALE: "dump_directory_unusable",
  EEXIST: "conflict",
};

const words: Partial<Record<ErrorCode, string>> = {
  dump_directory_full: "The dump directory is full",
  dump_directory_unusable: "The dump directory cannot be used",
  conflict: "The dump directory has a file of that name",
};

/** What the file system said while an archive was written, as a failure that says whose it is. */
export function asAppError(error: unknown): AppError {
  if (error instanceof AppError) return error;
  const said = error instanceof Error ? error.message : String(error);
  const errno = error instanceof Error && "code" in error ? String(error.code) : "";
  const code = codesByErrno[errno] ?? "tool_failed";
  return new AppError(code, `${words[code] ?? "The dump process failed"}: ${said}`, { cause: error });
}
