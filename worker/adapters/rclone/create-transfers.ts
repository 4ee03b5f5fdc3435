import type { TransferOrder, Transfers } from "../../ports";
import { endProcess, findProcessWritingTo, isAlive, type ProcessIdentity } from "../command/process-identity";
import { startDetached } from "../command/start-detached";
import { type FollowedTransfer, followTransfer } from "./follow-transfer";
import type { Rclone } from "./rclone";
import { requirePlace, requireRemotePath } from "./remote-path";
import { openTransferRecords, type StoredTransfer } from "./transfer-record";

/** From TERM to KILL: rclone uses it to give up a pending S3 upload. */
const endGraceMs = 5_000;

/**
 * One rclone per transfer, in a session of its own, with its log in a file: it lives on when the worker ends, and is
 * known again by its record, its pid and its start time.
 */
export function createTransfers(rclone: Rclone, options: { stallAfterMs?: number } = {}): Transfers {
  const records = openTransferRecords(rclone.settings.stateDirectory);

  const identityOf = (record: StoredTransfer): ProcessIdentity | undefined =>
    record.identity ?? findProcessWritingTo(records.logPath(record.transferId));

  const forget = async (record: StoredTransfer): Promise<void> => {
    const identity = identityOf(record);
    if (identity) await endProcess(identity, endGraceMs);
    records.remove(record.transferId);
  };

  /** The transfer of this order that was started before, running or over; any other of its subject is ended. */
  const findStarted = async (order: TransferOrder): Promise<FollowedTransfer | undefined> => {
    let found: FollowedTransfer | undefined;
    for (const record of records.all().filter(({ subject }) => subject === order.subject)) {
      const identity = identityOf(record);
      const isSame = record.from === order.from && record.sizeBytes === order.sizeBytes;
      if (!found && isSame && identity) found = { record: { ...record, identity }, identity, exited: undefined };
      else await forget(record);
    }
    return found;
  };

  const start = async (order: TransferOrder): Promise<FollowedTransfer> => {
    const { transferId, subject, from, to, sizeBytes } = order;
    // Left by an attempt of the same name; its log must not be taken for ours.
    records.remove(transferId);
    const startedAt = new Date().toISOString();
    const record = { transferId, subject, from, to, sizeBytes, startedAt, deliveredLines: 0 };
    const args = await copyArguments(rclone, order);
    records.write(record);
    const logPath = records.logPath(transferId);
    try {
      const { identity, exited } = await startDetached({
        file: rclone.program,
        args,
        env: rclone.environment,
        background: true,
        stdoutPath: logPath,
        stderrPath: logPath,
      });
      const started = { ...record, identity };
      records.write(started);
      return { record: started, identity, exited };
    } catch (error) {
      records.remove(transferId);
      throw error;
    }
  };

  return {
    runTransfer: async (order, follow) => {
      requirePlace(order.from);
      requireRemotePath(order.to);
      const transfer = (await findStarted(order)) ?? (await start(order));
      const { record, identity } = transfer;
      try {
        return await followTransfer(transfer, { ...follow, ...options, records });
      } catch (error) {
        if (follow.signal.aborted && follow.signal.reason === "canceled") {
          await endProcess(identity, endGraceMs);
          records.remove(record.transferId);
        }
        throw error;
      }
    },
    forgetTransfer: async (transferId) => {
      const record = records.all().find((other) => other.transferId === transferId);
      if (record) await forget(record);
    },
    listTransfers: async () =>
      records.all().map((record) => {
        const identity = identityOf(record);
        const { transferId, subject, to, startedAt } = record;
        const isRunning = identity !== undefined && isAlive(identity);
        return { transferId, subject, to, isRunning, startedAt: new Date(startedAt) };
      }),
  };
}

/**
 * `--ignore-times`: what lies there with the same size and time is not trusted, but written again. `--ignore-checksum`:
 * the copy is held against the archive's own hash afterwards, so rclone need not have both sides hashed once more.
 */
async function copyArguments(rclone: Rclone, order: TransferOrder): Promise<string[]> {
  const { from, to, limitBytesPerSecond } = order;
  const { hasPartialUploads } = await rclone.version();
  return rclone.arguments([
    "copyto",
    "--ignore-times",
    "--ignore-checksum",
    "--use-json-log",
    "--stats=500ms",
    "--stats-log-level=NOTICE",
    ...(limitBytesPerSecond ? [`--bwlimit=${limitBytesPerSecond}B`] : []),
    ...(hasPartialUploads ? ["--inplace"] : []),
    "--",
    from,
    to,
  ]);
}
