import { AppError } from "@/lib/domain/errors";
import { manifestName } from "@/lib/domain/manifest";
import type { CopyOrder, Follow, PublishCopy, Remotes, Transfers } from "../ports";
import { checkObject } from "./check-object";
import {
  type CopyPaths,
  copyPaths,
  inflightFolder,
  inflightPath,
  isInflightOf,
  isUploadOf,
  sourceFolder,
} from "./copy-paths";
import { publishSiblings } from "./publish-siblings";
import { readManifestText } from "./read-manifest-text";

/** A remote that is gone must not hold up the news that it is. */
const removeRemainsMs = 20_000;

type Publication = {
  remotes: Remotes;
  transfers: Transfers;
  order: CopyOrder;
  follow: Follow;
  paths: CopyPaths;
  attemptId: string;
  /** Whether uploads grow under another name and are moved; where an object is seen only when whole they need not. */
  usesInflight: boolean;
  /** Sizes by name of what lies in the node's folder. */
  present: ReadonlyMap<string, number>;
  /** Sizes by path of what earlier attempts left in flight; what is dealt with is taken out. */
  inflight: Map<string, number>;
};

/**
 * Brings one archive to a remote so that at no moment something incomplete looks complete: the old manifest goes first,
 * the archive gets its name only when its size and hash are right, and the manifest comes last. May be ended at any
 * point and run again: what is whole already is not sent twice, what is not is cleared away.
 */
export function createPublishCopy({ remotes, transfers }: { remotes: Remotes; transfers: Transfers }): PublishCopy {
  return async (order, follow) => {
    const publication = await lookAround(remotes, transfers, order, follow);
    try {
      return { path: publication.paths.archive, wasThere: await publish(publication) };
    } catch (error) {
      if (follow.signal.aborted && follow.signal.reason === "canceled") await removeRemains(publication);
      throw error;
    }
  };
}

/** Whether the archive was there already, whole. */
async function publish(publication: Publication): Promise<boolean> {
  const { remotes, order, follow, paths, present } = publication;
  const { signal } = follow;
  const isPublished = await hasOurManifest(publication);
  if (isPublished && (await isArchiveThere(publication))) {
    await endTransfers(publication);
    await clearInflight(publication);
    return true;
  }

  if (present.has(manifestName(order.archive.name))) await remotes.deleteObject(paths.manifest, { signal });
  const wasThere = !isPublished && (await isArchiveThere(publication));
  if (wasThere) await endTransfers(publication);
  else await giveName(publication, (await findFinished(publication)) ?? (await upload(publication)));
  await publishSiblings(remotes, order, { paths, present, signal });
  await writeManifest(publication);
  await clearInflight(publication);
  return wasThere;
}

async function lookAround(
  remotes: Remotes,
  transfers: Transfers,
  order: CopyOrder,
  follow: Follow,
): Promise<Publication> {
  const { destination, archive, stepId, attempt } = order;
  const { signal } = follow;
  const paths = copyPaths(destination, archive.name);
  const { isAtomicPut, canMove } = await remotes.capabilities(destination.remote, { signal });
  const usesInflight = !isAtomicPut && canMove;
  const [present, inflight] = await Promise.all([
    remotes.listDirectory(paths.folder, { signal }),
    usesInflight ? listInflight(remotes, order, signal) : new Map<string, number>(),
  ]);
  return {
    remotes,
    transfers,
    order,
    follow,
    paths,
    attemptId: `${stepId}-${attempt}`,
    usesInflight,
    present: new Map(present.map(({ name, sizeBytes }) => [name, sizeBytes])),
    inflight,
  };
}

async function listInflight(
  remotes: Remotes,
  { destination, archive }: CopyOrder,
  signal: AbortSignal,
): Promise<Map<string, number>> {
  const folder = inflightFolder(destination.remote);
  const files = await remotes.listDirectory(folder, { signal });
  const ours = files.filter(({ name }) => isInflightOf(name, archive.name));
  return new Map(ours.map(({ name, sizeBytes }) => [`${folder}/${name}`, sizeBytes]));
}

/** Our manifest there: an earlier attempt got to the end and could only not say so. */
async function hasOurManifest({ remotes, order, follow, paths, present }: Publication): Promise<boolean> {
  if (!present.has(manifestName(order.archive.name))) return false;
  return (await readManifestText(remotes, paths.manifest, follow)) === order.manifestText;
}

async function isArchiveThere({ remotes, order, follow, paths, present }: Publication): Promise<boolean> {
  const { archive, isReplacement = false } = order;
  if (isReplacement || present.get(archive.name) !== archive.sizeBytes) return false;
  return (await checkObject(remotes, paths.archive, archive, { signal: follow.signal })).outcome === "same";
}

async function startedTransfers({ transfers, paths }: Publication) {
  return (await transfers.listTransfers()).filter(({ subject }) => subject === paths.archive);
}

async function endTransfers(publication: Publication): Promise<void> {
  for (const { transferId } of await startedTransfers(publication)) {
    await publication.transfers.forgetTransfer(transferId);
  }
}

/**
 * An upload that an earlier attempt finished but could not move. What else it left is removed now, not at the end: at a
 * remote that is nearly full, the remains of one attempt must not be what makes the next one fail. What a transfer that
 * is on record wrote is left to the upload, which finds that transfer again.
 */
async function findFinished(publication: Publication): Promise<string | undefined> {
  const { remotes, order, follow, inflight } = publication;
  const { archive, isReplacement = false } = order;
  const onRecord = new Set((await startedTransfers(publication)).map(({ to }) => to));
  for (const [path, sizeBytes] of [...inflight].filter(([other]) => !onRecord.has(other))) {
    const mayBeWhole = !isReplacement && sizeBytes === archive.sizeBytes && isUploadOf(path, order);
    if (mayBeWhole) {
      const check = await checkObject(remotes, path, archive, { signal: follow.signal });
      if (check.outcome === "same") return path;
    }
    await remotes.deleteObject(path, { signal: follow.signal });
    inflight.delete(path);
  }
  return undefined;
}

async function giveName({ remotes, follow, paths, inflight }: Publication, uploadedPath: string): Promise<void> {
  if (uploadedPath === paths.archive) return;
  await remotes.moveObject(uploadedPath, paths.archive, { signal: follow.signal });
  inflight.delete(uploadedPath);
}

/** Uploads the archive and holds it against its hash; returns where it lies. */
async function upload(publication: Publication): Promise<string> {
  const { remotes, transfers, order, follow, paths, attemptId, usesInflight } = publication;
  const { archive, destination } = order;
  const end = await transfers.runTransfer(
    {
      transferId: attemptId,
      subject: paths.archive,
      from: `${sourceFolder(order)}/${archive.name}`,
      to: usesInflight ? inflightPath(destination.remote, archive.name, attemptId) : paths.archive,
      sizeBytes: archive.sizeBytes,
      limitBytesPerSecond: order.limitKibPerSecond * 1024,
    },
    follow,
  );
  const hasFailed = end.isExitKnown && end.failure !== undefined;
  // Where this throws, the transfer stays on record: the next attempt finds what it wrote and looks again.
  const check = hasFailed ? undefined : await checkObject(remotes, end.to, archive, { signal: follow.signal });
  await transfers.forgetTransfer(end.transferId);
  if (check?.outcome === "same") return end.to;

  await removeRemains(publication);
  // It outlived its worker and ended badly; begun anew, it is our own child and its end is known.
  if (!end.isExitKnown) return await upload(publication);
  throw end.failure ?? new AppError("copy_corrupt", `${archive.name} did not arrive whole. ${check?.evidence}`);
}

async function clearInflight({ remotes, follow, inflight }: Publication): Promise<void> {
  for (const path of inflight.keys()) await remotes.deleteObject(path, { signal: follow.signal });
}

/** A manifest that is seen must be whole too, and rcat shows on some remotes what it has written so far. */
async function writeManifest({ remotes, order, follow, paths, attemptId, usesInflight }: Publication): Promise<void> {
  const { signal } = follow;
  const content = Buffer.from(order.manifestText);
  if (!usesInflight) return remotes.writeObject(paths.manifest, content, { signal });
  const path = inflightPath(order.destination.remote, manifestName(order.archive.name), attemptId);
  await remotes.writeObject(path, content, { signal });
  await remotes.moveObject(path, paths.manifest, { signal });
}

/** Takes back what a failed or cancelled upload left, as far as the remote lets us; the sweep finds the rest. */
async function removeRemains({ remotes, order, usesInflight }: Publication): Promise<void> {
  if (!usesInflight) return;
  const signal = AbortSignal.timeout(removeRemainsMs);
  try {
    for (const path of (await listInflight(remotes, order, signal)).keys())
      await remotes.deleteObject(path, { signal });
  } catch (error) {
    // The failure that brought us here is the one to tell; a remote that is down fails this too.
    if (!(error instanceof AppError)) throw error;
  }
}
