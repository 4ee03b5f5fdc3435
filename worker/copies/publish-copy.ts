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
  /** Sizes by name of what lies in the node's folder, and names of what is in flight for this archive. */
  present: ReadonlyMap<string, number>;
  inflight: ReadonlyMap<string, number>;
};

/**
 * Brings one archive to a remote so that at no moment something incomplete looks complete: the old manifest goes first,
 * the archive gets its name only when its size and hash are right, and the manifest comes last. May be ended at any
 * point and run again: what is whole already is not sent twice, what is not is cleared away.
 */
export function createPublishCopy({ remotes, transfers }: { remotes: Remotes; transfers: Transfers }): PublishCopy {
  return async (order, follow) => {
    const publication = await lookAround(remotes, transfers, order, follow);
    const { paths, present } = publication;
    const { signal } = follow;
    const archiveName = order.archive.name;

    if (await isPublished(publication)) {
      await settleInflight(publication, { isUploadWanted: false });
      return { path: paths.archive, wasThere: true };
    }

    if (present.has(manifestName(archiveName))) await remotes.deleteObject(paths.manifest, { signal });
    const wasThere = await isArchiveThere(publication);
    const finished = await settleInflight(publication, { isUploadWanted: !wasThere });
    if (!wasThere) await giveName(publication, finished ?? (await upload(publication)));
    await publishSiblings(remotes, order, { paths, present, signal });
    await writeManifest(publication);
    return { path: paths.archive, wasThere };
  };
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
    usesInflight ? remotes.listDirectory(inflightFolder(destination.remote), { signal }) : [],
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
    inflight: new Map(
      inflight.filter(({ name }) => isInflightOf(name, archive.name)).map(({ name, sizeBytes }) => [name, sizeBytes]),
    ),
  };
}

/** Whole and with our manifest: an earlier attempt got to the end and could only not say so. */
async function isPublished(publication: Publication): Promise<boolean> {
  const { remotes, order, follow, paths, present } = publication;
  if (!present.has(manifestName(order.archive.name))) return false;
  const text = await readManifestText(remotes, paths.manifest, follow);
  return text === order.manifestText && (await isArchiveThere(publication));
}

async function isArchiveThere({ remotes, order, follow, paths, present }: Publication): Promise<boolean> {
  const { archive, isReplacement = false } = order;
  if (isReplacement || present.get(archive.name) !== archive.sizeBytes) return false;
  return (await checkObject(remotes, paths.archive, archive, { signal: follow.signal })).outcome === "same";
}

/**
 * Returns an upload that an earlier attempt finished but could not move, and clears the rest away. Before the upload,
 * not after: at a remote that is nearly full, the remains of one attempt must not be what makes the next one fail.
 */
async function settleInflight(
  { remotes, transfers, order, follow, paths, inflight }: Publication,
  { isUploadWanted }: { isUploadWanted: boolean },
): Promise<string | undefined> {
  const { destination, archive, isReplacement = false } = order;
  const { signal } = follow;
  const started = (await transfers.listTransfers()).filter(({ subject }) => subject === paths.archive);
  // One that goes on without us is found again by the upload; its file is not ours to judge yet.
  if (isUploadWanted && started.some(({ isRunning }) => isRunning)) return undefined;
  for (const { transferId } of isUploadWanted ? [] : started) await transfers.forgetTransfer(transferId);

  let finished: string | undefined;
  for (const [name, sizeBytes] of inflight) {
    const path = `${inflightFolder(destination.remote)}/${name}`;
    const isCandidate = isUploadWanted && !isReplacement && !finished && isUploadOf(name, archive.name);
    if (isCandidate && sizeBytes === archive.sizeBytes) {
      const check = await checkObject(remotes, path, archive, { signal });
      if (check.outcome === "same") finished = path;
    }
    if (path !== finished) await remotes.deleteObject(path, { signal });
  }
  return finished;
}

async function giveName({ remotes, follow, paths }: Publication, uploadedPath: string): Promise<void> {
  if (uploadedPath === paths.archive) return;
  await remotes.moveObject(uploadedPath, paths.archive, { signal: follow.signal });
}

/** Uploads the archive and holds it against its hash; returns where it lies. */
async function upload(publication: Publication): Promise<string> {
  const { remotes, transfers, order, follow, paths, attemptId, usesInflight } = publication;
  const { archive, destination } = order;
  try {
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
    const check = hasFailed ? undefined : await checkObject(remotes, end.to, archive, { signal: follow.signal });
    await transfers.forgetTransfer(end.transferId);
    if (check?.outcome === "same") return end.to;
    // It outlived its worker and ended badly; begun anew, it is our own child and its end is known.
    if (!end.isExitKnown) return await upload(publication);
    throw end.failure ?? new AppError("copy_corrupt", `${archive.name} did not arrive whole. ${check?.evidence}`);
  } catch (error) {
    const isLeftRunning = follow.signal.aborted && follow.signal.reason !== "canceled";
    if (!isLeftRunning) await removeRemains(publication);
    throw error;
  }
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
  const folder = inflightFolder(order.destination.remote);
  const signal = AbortSignal.timeout(removeRemainsMs);
  try {
    const left = await remotes.listDirectory(folder, { signal });
    for (const { name } of left.filter((entry) => isInflightOf(entry.name, order.archive.name))) {
      await remotes.deleteObject(`${folder}/${name}`, { signal });
    }
  } catch (error) {
    // The failure that brought us here is the one to tell; a remote that is down fails this too.
    if (!(error instanceof AppError)) throw error;
  }
}
