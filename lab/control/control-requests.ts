import { z } from "zod";
import { faultsSchema } from "./faults-schema";

/** Proxmox itself takes DNS names only; who reads its answers must not rely on that, so a test may ask for worse. */
const guestNameSchema = z
  .string()
  .min(1)
  .max(1024)
  .regex(/^\P{Cc}+$/u, "must not hold control characters");

/** Bodies of the control API. A value that is not given stays as it is. */
export const controlRequests = {
  faults: faultsSchema,
  clock: z.strictObject({ now: z.iso.datetime({ offset: true }).nullable() }),
  remote: z
    .strictObject({
      up: z.boolean().optional(),
      /** Of labsftp and labdav: hang, bytesPerSecond, readOnly. Of labs3: a list (lab/remotes/s3/s3-faults.ts). */
      faults: z.union([z.record(z.string(), z.unknown()), z.array(z.record(z.string(), z.unknown()))]).optional(),
    })
    .refine((body) => body.up !== undefined || body.faults !== undefined, "say up, faults or both"),
  newGuest: z.strictObject({
    node: z.string(),
    vmid: z.int().min(100).max(999_999_999).optional(),
    type: z.enum(["lxc", "qemu"]).default("lxc"),
    name: guestNameSchema,
    notes: z.string().max(8192).optional(),
    tags: z.string().max(1024).optional(),
    macAddress: z.string().optional(),
    isRunning: z.boolean().default(false),
    isPrivileged: z.boolean().default(false),
    /** Of content that does not compress. */
    sizeBytes: z
      .int()
      .min(0)
      .max(4 * 1024 ** 3)
      .default(200_000),
  }),
  guestChange: z.strictObject({
    name: guestNameSchema.optional(),
    notes: z.string().max(8192).nullable().optional(),
    tags: z.string().max(1024).nullable().optional(),
    macAddress: z.string().optional(),
    lock: z.string().nullable().optional(),
    isRunning: z.boolean().optional(),
    /** Migrates the guest, its volumes included. */
    node: z.string().optional(),
  }),
};

export type NewGuest = z.infer<typeof controlRequests.newGuest>;
export type GuestChange = z.infer<typeof controlRequests.guestChange>;
