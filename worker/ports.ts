import type { Readable } from "node:stream";
import type { Proof, VerifiedBy } from "@/lib/domain/destination";
import type { AppError } from "@/lib/domain/errors";
import type { GuestType } from "@/lib/domain/guest";
import type { GuestState } from "@/lib/pve/guest-state";

/** Where a guest is now and whether it runs; undefined when it is not on this node any more. */
export type ReadGuestState = (guest: {
  type: Exclude<GuestType, "host">;
  vmid: number;
  nodeName: string;
}) => Promise<GuestState | undefined>;

/** What one pass over a guest's data left in the dump directory. */
export type MadeArchive = {
  fileName: string;
  takenAt: Date;
  mode: "snapshot" | "suspend" | "stop";
  durationMs: number;
  sizeBytes: number;
  sha256: string;
  md5: string;
  rawSizeBytes: number | null;
  rawSha256: string | null;
  hasSeekTable: boolean;
  configText: string;
  warnings: string[];
  /** What vzdump's own lines say of the guest after a stop-mode backup. */
  guestRestart: "not_needed" | "ok" | "failed";
};

export type DumpOrder = {
  /** Names the job folder: the same step finds its dump process again after a restart of the worker. */
  stepId: string;
  guest: { type: Exclude<GuestType, "host">; vmid: number; name: string };
  mode: "snapshot" | "suspend" | "stop";
  engine: "frames" | "stock";
  compressionLevel: number;
  compressionThreads: number;
  limitKibPerSecond: number;
  dumpDirectory: string;
  notes: string;
  /** Lines of its log that were stored before a restart: they are not told again. */
  toldLineCount: number;
};

export type Follow = {
  signal: AbortSignal;
  onProgress: (progress: { bytesDone: number; bytesTotal?: number | undefined }) => void;
  onLine: (line: string, at: Date) => void;
};

/**
 * Starts the dump process of a step, or finds the one that was started before, and follows it to its end. On abort with
 * reason "canceled" the process is ended and its leftovers are gone; with any other it is left to finish alone.
 * Throws AppError: guest_locked, guest_gone, dump_incomplete, dump_directory_full, tool_failed, canceled…, and
 * StepBusy while somebody else holds vzdump's lock.
 */
export type RunDump = (order: DumpOrder, follow: Follow) => Promise<MadeArchive>;

/** Whether a dump of this step was begun before: then it is followed, and nothing is asked of the node again. */
export type HasDump = (stepId: string) => Promise<boolean>;

/** Forgets a step's dump once its archive is in the catalogue. */
export type ForgetDump = (stepId: string) => Promise<void>;

export type SealedArchive = {
  sizeBytes: number;
  sha256: string;
  md5: string;
  rawSizeBytes: number;
  rawSha256: string;
  memberCount: number;
  configText: string;
  indexSha256: string;
};

/** Reads an archive back from disk to its end. Writes NAME.index.zst when it is not there. Throws archive_unreadable. */
export type SealArchive = (
  archive: { directory: string; fileName: string; kind: "tar" | "vma" },
  options: { signal: AbortSignal; onProgress: (bytesDone: number) => void },
) => Promise<SealedArchive>;

export type HostConfigOrder = {
  nodeName: string;
  hostRoot: string;
  /** The host archives' own folder below the dump directory. */
  directory: string;
  workDirectory: string;
  takenAt: Date;
  timeZone: string;
  compressionLevel: number;
};

/** Writes a node's configuration as one archive (mode 0600), config.db copied consistently. */
export type SaveHostConfig = (
  order: HostConfigOrder,
  options: { signal: AbortSignal; onLine: (line: string) => void },
) => Promise<MadeArchive>;

export type DumpDirectory = {
  /** Throws dump_directory_unusable when it is missing or not writable. */
  check: (directory: string) => Promise<{ freeBytes: number; totalBytes: number }>;
  writeBeside: (directory: string, fileName: string, content: string) => Promise<void>;
  /** Names and sizes of the files in a directory. */
  list: (directory: string) => Promise<Map<string, number>>;
  /** Removes an archive and what lies beside it: manifest first, then the archive, then .log, .notes and the index. */
  removeArchive: (directory: string, archiveName: string) => Promise<void>;
};

/** A node's folder at a remote: "labsftp:undercroft" and "pve1" are `labsftp:undercroft/pve1/`. */
export type RemoteFolder = { remote: string; nodeName: string };

export type CopiedArchive = { name: string; sizeBytes: number; sha256: string; md5: string };

export type CopyOrder = {
  stepId: string;
  attempt: number;
  archive: CopiedArchive;
  /** The archive's bytes come from a file of this node or from its copy at another remote; small files beside it likewise. */
  source: { kind: "local"; directory: string } | ({ kind: "remote" } & RemoteFolder);
  destination: RemoteFolder;
  manifestText: string;
  limitKibPerSecond: number;
  /** What lies there is known to be bad, even where its recorded hash looks right: upload again whatever is found. */
  isReplacement?: boolean;
};

/** Brings one archive to one remote by the publish protocol; `wasThere` when it already was, whole. Throws remote_…, tool_failed. */
export type PublishCopy = (order: CopyOrder, follow: Follow) => Promise<{ path: string; wasThere: boolean }>;

/** Proves one copy by the strongest check its backend offers. Throws copy_corrupt when it is not what the manifest says. */
export type VerifyCopy = (
  copy: {
    destination: RemoteFolder;
    archive: CopiedArchive;
    manifestText: string;
    /** Read every byte back, whatever hash the backend has: the one check that sees what rotted since the upload. */
    isReadBack?: boolean;
  },
  options: { signal: AbortSignal; onProgress: (progress: { bytesDone: number }) => void },
) => Promise<{ verifiedBy: VerifiedBy; proof: Proof; evidence: string }>;

/** Removes one copy: manifest first, then the archive, then what lies beside it. A missing one is fine. */
export type RemoveCopy = (
  copy: { destination: RemoteFolder; archiveName: string },
  signal: AbortSignal,
) => Promise<void>;

/** Names and sizes of the archives in a node's folder. Throws when it could not be listed, never answers short. */
export type ListCopies = (destination: RemoteFolder, signal: AbortSignal) => Promise<Map<string, number>>;

export type TestRemote = (remote: string, signal: AbortSignal) => Promise<TestRow[]>;
export type TestRow = { name: string; isOk: boolean; durationMs: number; text: string };

/**
 * What a remote's backend can do, as rclone tells it. `isHashedOnRead`: the hash it gives is computed from the stored
 * bytes when asked (SFTP); otherwise it was recorded at upload (S3). `isAtomicPut`: an object is seen only when whole.
 */
export type RemoteCapabilities = {
  backendType: string;
  hashes: readonly string[];
  isHashedOnRead: boolean;
  isAtomicPut: boolean;
  canMove: boolean;
};

export type RemoteEntry = { path: string; name: string; sizeBytes: number; modifiedAt?: Date };

/** `hashes` holds what was asked for and the backend has; an object put there by other means may lack it. */
export type RemoteObject = { sizeBytes: number; hashes: { md5?: string; sha256?: string } };

export type RemoteSpace = { totalBytes?: number; usedBytes?: number; freeBytes?: number };

/** How full a remote is; undefined where its backend does not tell. */
export type ReadRemoteSpace = (remote: string, signal: AbortSignal) => Promise<RemoteSpace | undefined>;

/** Removes what uploads left in flight at a remote before an instant and nobody came back for; answers its names. */
export type SweepInflight = (remote: string, options: { before: Date; signal: AbortSignal }) => Promise<string[]>;

type Abortable = { signal?: AbortSignal | undefined };

/**
 * The rclone remotes of the configuration file. Every path is `remote:path`; every failure is an AppError with the code
 * that says what is wrong (remote_unreachable, remote_auth_failed, remote_full, not_found, tool_failed, canceled) and a
 * message in rclone's words with secrets masked. There is no way to sync, purge or delete a folder.
 */
export type Remotes = {
  capabilities: (remote: string, options?: Abortable) => Promise<RemoteCapabilities>;
  /** Files only, paths below the folder, times on request. A folder that is not there is empty. */
  listDirectory: (
    folder: string,
    options?: Abortable & { isRecursive?: boolean; hasTimes?: boolean },
  ) => Promise<RemoteEntry[]>;
  /** undefined when there is no such object. With `hash`, `sizeBytes` says how long the server may take to compute it. */
  statObject: (
    path: string,
    options?: Abortable & { hash?: "md5" | "sha256"; sizeBytes?: number },
  ) => Promise<RemoteObject | undefined>;
  /** Fails with not_found when there is no such object. The stream ends only if all bytes came. */
  readObject: (path: string, options?: Abortable & { offsetBytes?: number; countBytes?: number }) => Readable;
  /** For small content: it is held in memory. */
  writeObject: (path: string, content: Uint8Array, options?: Abortable) => Promise<void>;
  /** Copies one small file, waiting for its end; `from` is a remote path or an absolute local one. */
  copyObject: (from: string, to: string, options?: Abortable) => Promise<void>;
  moveObject: (from: string, to: string, options?: Abortable) => Promise<void>;
  /** An object that is not there is fine. */
  deleteObject: (path: string, options?: Abortable) => Promise<"deleted" | "was_missing">;
  /** undefined when the backend cannot tell. */
  about: (remote: string, options?: Abortable) => Promise<RemoteSpace | undefined>;
};

export type TransferOrder = {
  /** Names the transfer's folder in the state directory. */
  transferId: string;
  /** What it is a transfer of. Of one subject at most one transfer runs. */
  subject: string;
  /** A remote path or an absolute local one. */
  from: string;
  to: string;
  sizeBytes: number;
  limitBytesPerSecond?: number | undefined;
};

/**
 * `to` is where the bytes went: a transfer found again keeps the place it was started for. `isExitKnown` is false when
 * rclone outlived the worker that started it; then only a look at the result decides.
 */
export type TransferEnd = { transferId: string; to: string; isExitKnown: boolean; failure: AppError | undefined };

export type TransferRecord = { transferId: string; subject: string; to: string; isRunning: boolean; startedAt: Date };

/** Copies of one large file each, by an rclone that outlives the worker. */
export type Transfers = {
  /**
   * Starts a transfer, or finds the one of the same subject and source that was started before, and follows it to its
   * end. Aborted with reason "canceled" it is ended; with any other it is left running, to be found again. Both throw
   * AppError canceled.
   */
  runTransfer: (order: TransferOrder, follow: Follow) => Promise<TransferEnd>;
  /** Ends it if it runs and removes its folder. */
  forgetTransfer: (transferId: string) => Promise<void>;
  /** All that were started and not forgotten. */
  listTransfers: () => Promise<TransferRecord[]>;
};

export type Tools = {
  publishCopy: PublishCopy;
  verifyCopy: VerifyCopy;
  removeCopy: RemoveCopy;
  listCopies: ListCopies;
  testRemote: TestRemote;
  readRemoteSpace: ReadRemoteSpace;
  sweepInflight: SweepInflight;
  readGuestState: ReadGuestState;
  runDump: RunDump;
  hasDump: HasDump;
  forgetDump: ForgetDump;
  sealArchive: SealArchive;
  saveHostConfig: SaveHostConfig;
  dumpDirectory: DumpDirectory;
};
