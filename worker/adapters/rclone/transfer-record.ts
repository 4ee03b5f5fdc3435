import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { AppError } from "@/lib/domain/errors";

const transferRecordSchema = z.object({
  transferId: z.string(),
  subject: z.string(),
  from: z.string(),
  to: z.string(),
  sizeBytes: z.number(),
  startedAt: z.iso.datetime(),
  /** Not there yet between the writing of the record and the start of rclone. */
  identity: z.object({ pid: z.number(), startTicks: z.number() }).optional(),
  /** So many log lines were handed on already; a worker that finds the transfer again goes on from there. */
  deliveredLines: z.number(),
});
export type StoredTransfer = z.infer<typeof transferRecordSchema>;

export type TransferRecords = ReturnType<typeof openTransferRecords>;

/** What outlives the worker of each transfer: a folder with its record and rclone's log. */
export function openTransferRecords(stateDirectory: string) {
  const root = join(stateDirectory, "transfers");
  mkdirSync(root, { recursive: true, mode: 0o700 });

  const folderOf = (transferId: string): string => {
    if (!/^[A-Za-z0-9][A-Za-z0-9_-]{0,127}$/.test(transferId)) {
      throw new AppError("invalid_input", `${JSON.stringify(transferId)} is not a transfer's id.`);
    }
    return join(root, transferId);
  };
  const recordPath = (transferId: string) => join(folderOf(transferId), "transfer.json");

  return {
    logPath: (transferId: string): string => join(folderOf(transferId), "rclone.log"),
    /** Whole or not at all: a worker may end at any moment. */
    write: (record: StoredTransfer): void => {
      mkdirSync(folderOf(record.transferId), { recursive: true, mode: 0o700 });
      const path = recordPath(record.transferId);
      writeFileSync(`${path}.new`, JSON.stringify(record), { mode: 0o600 });
      renameSync(`${path}.new`, path);
    },
    all: (): StoredTransfer[] =>
      readdirSync(root)
        .filter((transferId) => existsSync(recordPath(transferId)))
        .map((transferId) => transferRecordSchema.parse(JSON.parse(readFileSync(recordPath(transferId), "utf8")))),
    remove: (transferId: string): void => rmSync(folderOf(transferId), { recursive: true, force: true }),
  };
}
