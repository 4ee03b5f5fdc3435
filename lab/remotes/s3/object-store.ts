import { createHash, randomUUID } from "node:crypto";
import { createReadStream, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** The bytes of an upload or of one part of it; an object is one or more of them in a row. */
export type Segment = { id: string; sizeBytes: number };

export type StoredObject = {
  key: string;
  segments: Segment[];
  sizeBytes: number;
  etag: string;
  modifiedAt: string;
  /** `x-amz-meta-*` and `content-type`, given back as they came. */
  headers: Record<string, string>;
};

export type UploadPart = Segment & { md5: string };
export type PendingUpload = {
  id: string;
  key: string;
  startedAt: string;
  headers: Record<string, string>;
  parts: Record<number, UploadPart>;
};

export type Bucket = ReturnType<typeof openBucket>;

/**
 * The objects of one bucket on disk. An object changes in one rename of its record, so that a reader, or a start after
 * a crash, sees the whole old object or the whole new one. Records are named by the key's hash: no key is a path.
 */
export function openBucket(directory: string) {
  const folders = { objects: join(directory, "objects"), uploads: join(directory, "uploads") };
  const segmentFolder = join(directory, "segments");
  for (const folder of [...Object.values(folders), segmentFolder]) mkdirSync(folder, { recursive: true, mode: 0o700 });

  const objects = new Map(readRecords<StoredObject>(folders.objects).map((object) => [object.key, object]));
  const uploads = new Map(readRecords<PendingUpload>(folders.uploads).map((upload) => [upload.id, upload]));
  dropUnreferenced();
  let sortedKeys: string[] | undefined;

  function dropUnreferenced(): void {
    const used = [...objects.values()].flatMap(({ segments }) => segments);
    const pending = [...uploads.values()].flatMap(({ parts }) => Object.values(parts));
    const ids = new Set([...used, ...pending].map(({ id }) => id));
    for (const name of readdirSync(segmentFolder)) if (!ids.has(name)) rmSync(join(segmentFolder, name));
  }

  const objectRecord = (key: string) => join(folders.objects, `${createHash("sha256").update(key).digest("hex")}.json`);
  const uploadRecord = (id: string) => join(folders.uploads, `${id}.json`);
  const segmentPath = ({ id }: Pick<Segment, "id">) => join(segmentFolder, id);
  const dropSegments = (segments: readonly Pick<Segment, "id">[]): void => {
    for (const segment of segments) rmSync(segmentPath(segment), { force: true });
  };

  function put(object: StoredObject): void {
    const replaced = objects.get(object.key)?.segments ?? [];
    writeRecord(objectRecord(object.key), object);
    objects.set(object.key, object);
    sortedKeys = undefined;
    dropSegments(replaced);
  }

  return {
    newSegmentId: () => randomUUID(),
    segmentPath,
    dropSegments,
    put,
    find: (key: string): StoredObject | undefined => objects.get(key),
    keys: (): readonly string[] => {
      sortedKeys ??= [...objects.keys()].toSorted(byBytes);
      return sortedKeys;
    },
    remove: (key: string): void => {
      const object = objects.get(key);
      if (!object) return;
      rmSync(objectRecord(key));
      objects.delete(key);
      sortedKeys = undefined;
      dropSegments(object.segments);
    },
    /** Bytes `start` to `end`, both counted. */
    async *read(object: StoredObject, start = 0, end = object.sizeBytes - 1): AsyncGenerator<Buffer> {
      let from = 0;
      for (const segment of object.segments) {
        const first = Math.max(start - from, 0);
        const last = Math.min(end - from, segment.sizeBytes - 1);
        if (first <= last) yield* createReadStream(segmentPath(segment), { start: first, end: last });
        from += segment.sizeBytes;
      }
    },
    startUpload: (key: string, headers: Record<string, string>): PendingUpload => {
      const upload = { id: randomUUID(), key, startedAt: new Date().toISOString(), headers, parts: {} };
      uploads.set(upload.id, upload);
      writeRecord(uploadRecord(upload.id), upload);
      return upload;
    },
    findUpload: (id: string): PendingUpload | undefined => uploads.get(id),
    uploads: (): PendingUpload[] => [...uploads.values()],
    addPart: (upload: PendingUpload, number: number, part: UploadPart): void => {
      const replaced = upload.parts[number];
      upload.parts[number] = part;
      writeRecord(uploadRecord(upload.id), upload);
      if (replaced) dropSegments([replaced]);
    },
    /** Makes the object of the parts named, in that order; parts that were not named are thrown away. */
    completeUpload: (upload: PendingUpload, parts: readonly UploadPart[], etag: string): StoredObject => {
      const kept = new Set(parts.map(({ id }) => id));
      const object: StoredObject = {
        key: upload.key,
        segments: parts.map(({ id, sizeBytes }) => ({ id, sizeBytes })),
        sizeBytes: parts.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
        etag,
        modifiedAt: new Date().toISOString(),
        headers: upload.headers,
      };
      put(object);
      rmSync(uploadRecord(upload.id));
      uploads.delete(upload.id);
      dropSegments(Object.values(upload.parts).filter(({ id }) => !kept.has(id)));
      return object;
    },
    abortUpload: (upload: PendingUpload): void => {
      rmSync(uploadRecord(upload.id));
      uploads.delete(upload.id);
      dropSegments(Object.values(upload.parts));
    },
  };
}

function readRecords<Record>(folder: string): Record[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith(".json"))
    .map((name) => JSON.parse(readFileSync(join(folder, name), "utf8")));
}

function writeRecord(path: string, record: unknown): void {
  writeFileSync(`${path}.new`, JSON.stringify(record), { mode: 0o600 });
  renameSync(`${path}.new`, path);
}

/** S3 lists keys in the order of their UTF-8 bytes. */
function byBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
