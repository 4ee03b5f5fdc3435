import { AppError } from "@/lib/domain/errors";
import type { VmaDevice } from "./vma-header";
import { createVmaReader } from "./vma-reader";

/** Takes bytes of a disk image at an offset; what it is never given is zero. */
export type ImageWriter = (bytes: Buffer, imageOffset: number) => Promise<void>;

/**
 * Writes the image of one device ("drive-scsi0") out of a raw VMA stream, and checks the whole archive as it goes by.
 * Resolves with the device, whose size the image must be given (an end of zeros is not written). Throws not_found for
 * a device the archive does not have, archive_unreadable when the archive is damaged or cut.
 */
export async function extractVmaDevice(
  source: AsyncIterable<Uint8Array>,
  deviceName: string,
  write: ImageWriter,
): Promise<VmaDevice> {
  let wanted: VmaDevice | undefined;
  let pieces: { bytes: Buffer; imageOffset: number }[] = [];
  const reader = createVmaReader({
    onHeader: ({ devices }) => {
      wanted = devices.find((device) => device.name === deviceName);
      if (!wanted) throw new AppError("not_found", `The archive has no disk ${deviceName}`);
    },
    onContent: (device, imageOffset, bytes) => {
      if (device === wanted) pieces.push({ bytes, imageOffset });
    },
  });
  for await (const chunk of source) {
    reader.write(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength));
    for (const { bytes, imageOffset } of pieces) await write(bytes, imageOffset);
    pieces = [];
  }
  reader.end();
  if (!wanted) throw new AppError("not_found", `The archive has no disk ${deviceName}`);
  return wanted;
}
