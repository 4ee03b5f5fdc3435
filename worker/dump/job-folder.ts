import { open, readFile, rename } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { AppError, errorCodes } from "@/lib/domain/errors";
import { backupModeSchema } from "@/lib/domain/guest";

const absolutePathSchema = z.string().regex(/^\/[^\0]*$/, "must be an absolute path");
const bytesSchema = z.int().min(0);
const sha256Schema = z.string().regex(/^[0-9a-f]{64}$/);
const md5Schema = z.string().regex(/^[0-9a-f]{32}$/);

const dumpGuestTypeSchema = z.enum(["lxc", "qemu"]);

/** request.json: what the worker asks of a dump process. Written before it starts and never changed. */
export const dumpRequestSchema = z.strictObject({
  vmid: z.int().min(100).max(999_999_999),
  type: dumpGuestTypeSchema,
  mode: backupModeSchema,
  vzdumpProgram: z.string().min(1),
  /** Further options for vzdump, each an argument ("--bwlimit", "51200"). */
  vzdumpArguments: z.array(z.string()).default([]),
  /** frames: vzdump writes to us and we compress. stock: vzdump writes the archive itself. */
  engine: z.enum(["frames", "stock"]),
  level: z.int().min(1).max(19),
  threads: z.int().min(1).max(64),
  dumpDirectory: absolutePathSchema,
  /** Where the archive grows until it is whole (frames only); the dump directory itself when left out. */
  stagingDirectory: absolutePathSchema.optional(),
  /** The node's zone, in which vzdump names archives. */
  timeZone: z.string().min(1),
  notes: z.string().default(""),
  isProtected: z.boolean().default(false),
  /** For the progress; the size of the guest's last archive, uncompressed for frames. */
  expectedBytes: bytesSchema.optional(),
  /** All that vzdump sees of the environment. */
  environment: z.record(z.string(), z.string()),
});
export type DumpRequest = z.infer<typeof dumpRequestSchema>;
export type DumpRequestInput = z.input<typeof dumpRequestSchema>;

/** Start time in clock ticks since boot (/proc/PID/stat, field 22): with the pid it names one process for good. */
const processIdentitySchema = z.strictObject({ pid: z.int(), startTicks: z.int() });
export type ProcessIdentity = z.infer<typeof processIdentitySchema>;

/** waiting: another vzdump holds the node's lock. finishing: vzdump is over, the archive is being completed. */
export const dumpPhaseSchema = z.enum(["starting", "waiting", "preparing", "archiving", "finishing", "over"]);
export type DumpPhase = z.infer<typeof dumpPhaseSchema>;

/** state.json: how far a dump is; at most two a second. */
export const dumpStateSchema = z.strictObject({
  phase: dumpPhaseSchema,
  process: processIdentitySchema,
  vzdump: processIdentitySchema.nullable(),
  /** Uncompressed bytes received from vzdump; null with the stock engine. */
  rawBytes: bytesSchema.nullable(),
  /** Bytes of the archive's file so far. */
  writtenBytes: bytesSchema,
  /** What vzdump last said, 0 to 100; it says so for VMs only. */
  vzdumpPercent: z.number().nullable(),
  archiveName: z.string().nullable(),
  /** The unfinished file, to be removed if this process was killed. */
  partPath: z.string().nullable(),
  isCanceling: z.boolean(),
  updatedAt: z.iso.datetime(),
});
export type DumpState = z.infer<typeof dumpStateSchema>;

export const guestRestartSchema = z.enum(["not_needed", "ok", "failed"]);
export type GuestRestart = z.infer<typeof guestRestartSchema>;

const dumpedArchiveSchema = z.strictObject({
  archiveName: z.string(),
  sizeBytes: bytesSchema,
  sha256: sha256Schema,
  md5: md5Schema,
  /** What the uncompressed stream was; null with the stock engine, whose archive only the seal reads. */
  raw: z
    .strictObject({
      sizeBytes: bytesSchema,
      sha256: sha256Schema,
      memberCount: z.int().min(0),
      configText: z.string().nullable(),
      firewallText: z.string().nullable(),
      devices: z.array(z.strictObject({ name: z.string(), sizeBytes: bytesSchema })),
    })
    .nullable(),
  index: z.strictObject({ name: z.string(), sizeBytes: bytesSchema, sha256: sha256Schema }).nullable(),
  hasSeekTable: z.boolean(),
});
export type DumpedArchive = z.infer<typeof dumpedArchiveSchema>;

/** result.json: how it ended, written once and last. Without it the process was killed. */
export const dumpResultSchema = z.discriminatedUnion("isOk", [
  dumpedArchiveSchema.extend({
    isOk: z.literal(true),
    /** The start as vzdump says it, in the node's zone: the time in the archive's name. */
    startedAt: z.iso.datetime(),
    durationMs: z.int().min(0),
    /** The mode in effect, which for a stopped guest is stop whatever was asked. */
    mode: backupModeSchema,
    guestRestart: guestRestartSchema,
    warnings: z.array(z.string()),
  }),
  z.strictObject({
    isOk: z.literal(false),
    code: z.enum(errorCodes),
    /** Fit to be shown. */
    cause: z.string(),
    /** Another vzdump held the node's lock (or its guest's): to be asked again later, not a failure of the guest. */
    isBusy: z.boolean(),
    guestRestart: guestRestartSchema,
    exitCode: z.int().nullable(),
  }),
]);
export type DumpResult = z.infer<typeof dumpResultSchema>;

export const dumpJobPaths = (folder: string) => ({
  request: join(folder, "request.json"),
  state: join(folder, "state.json"),
  result: join(folder, "result.json"),
  /** Each line of vzdump as `INSTANT LINE`, appended whole: complete up to the last newline at any byte. */
  log: join(folder, "vzdump.log"),
});

async function writeJson(path: string, value: unknown, isSynced: boolean): Promise<void> {
  const file = await open(`${path}.part`, "w", 0o600);
  try {
    await file.writeFile(`${JSON.stringify(value)}\n`);
    if (isSynced) await file.sync();
  } finally {
    await file.close();
  }
  await rename(`${path}.part`, path);
}

/** undefined when there is no such file; throws invalid_input when it is not what the schema says. */
async function readJson<Value>(path: string, schema: z.ZodType<Value>): Promise<Value | undefined> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
  try {
    return schema.parse(JSON.parse(text));
  } catch (error) {
    throw new AppError("invalid_input", `${path} is not what it should be`, { cause: error });
  }
}

export const writeDumpRequest = (folder: string, request: DumpRequestInput) =>
  writeJson(dumpJobPaths(folder).request, dumpRequestSchema.parse(request), true);

export async function readDumpRequest(folder: string): Promise<DumpRequest> {
  const request = await readJson(dumpJobPaths(folder).request, dumpRequestSchema);
  if (!request) throw new AppError("not_found", `There is no request in ${folder}`);
  return request;
}

export const writeDumpState = (folder: string, state: DumpState) =>
  writeJson(dumpJobPaths(folder).state, dumpStateSchema.parse(state), false);

/** undefined until the dump process has come so far. */
export const readDumpState = (folder: string) => readJson(dumpJobPaths(folder).state, dumpStateSchema);

export const writeDumpResult = (folder: string, result: DumpResult) =>
  writeJson(dumpJobPaths(folder).result, dumpResultSchema.parse(result), true);

/** undefined while the dump goes on, and for ever when its process was killed. */
export const readDumpResult = (folder: string) => readJson(dumpJobPaths(folder).result, dumpResultSchema);

/** One line of vzdump.log; undefined for what is none. */
export function parseDumpLogLine(text: string): { at: Date; line: string } | undefined {
  const [, instant = "", line] = /^(\d{4}-\d\d-\d\dT[\d:.]+Z) (.*)$/s.exec(text) ?? [];
  return line === undefined ? undefined : { at: new Date(instant), line };
}
