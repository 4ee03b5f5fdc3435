import type { AppError } from "@/lib/domain/errors";
import { type ClusterSet, createClusterSet } from "./cluster-set";
import { unreadable } from "./unreadable";
import {
  blockBytes,
  clusterBytes,
  extentHeaderBytes,
  isVmState,
  parseVmaExtent,
  parseVmaHeader,
  type VmaDevice,
  type VmaExtent,
  type VmaHeader,
  type VmaSlot,
  vmaHeaderBytes,
  vmaHeaderSize,
} from "./vma-header";

export type VmaReaderOptions = {
  onHeader?: (header: VmaHeader) => void;
  /** Called for each extent that is consistent, before its content. */
  onExtent?: (extent: VmaExtent) => void;
  /** Gets stored bytes with their offset in the device's image, never beyond its size; valid during the call only. */
  onContent?: (device: VmaDevice, imageOffset: number, bytes: Buffer) => void;
};

export type VmaReader = {
  /** Throws archive_unreadable at the first byte that fits no VMA. */
  write(chunk: Buffer): void;
  /** Whether every cluster of every device was read, and no extent is begun. */
  isWhole(): boolean;
  /** Throws archive_unreadable when the stream is cut or a cluster of a device is missing. */
  end(): void;
};

type KnownDevice = { device: VmaDevice; seen: ClusterSet; nextStateCluster: number };

/** Stored blocks that lie side by side both in the stream and in the image. */
type Span = { device: VmaDevice; imageOffset: number; lengthBytes: number };

const blocksPerCluster = clusterBytes / blockBytes;

function spansOf(slot: VmaSlot, device: VmaDevice): Span[] {
  const spans: Span[] = [];
  let open: Span | undefined;
  for (let block = 0; block < blocksPerCluster; block += 1) {
    if ((slot.mask & (1 << block)) === 0) {
      open = undefined;
      continue;
    }
    if (open) {
      open.lengthBytes += blockBytes;
      continue;
    }
    open = { device, imageOffset: slot.cluster * clusterBytes + block * blockBytes, lengthBytes: blockBytes };
    spans.push(open);
  }
  return spans;
}

/**
 * Reads a VMA (version 1) fed to it piece by piece and checks all that upstream's `vma extract` checks, which is more than
 * `vma verify`: every cluster of every device exactly once. Memory: the header, and less than a bit per cluster.
 */
export function createVmaReader({ onHeader, onExtent, onContent }: VmaReaderOptions): VmaReader {
  const devices = new Map<number, KnownDevice>();
  const budget = { pagesInUse: 0 };
  let part: "start" | "header" | "extentHeader" | "content" = "start";
  let collected = Buffer.alloc(vmaHeaderBytes);
  let collectedBytes = 0;
  let header: VmaHeader | undefined;
  let offset = 0;
  let extent: VmaExtent | undefined;
  let extentCount = 0;
  let contentLeft = 0;
  let spans: Span[] = [];

  function collectInto(buffer: Buffer<ArrayBuffer>, alreadyBytes = 0): void {
    collected = buffer;
    collectedBytes = alreadyBytes;
  }

  function expectExtent(): void {
    part = "extentHeader";
    collectInto(Buffer.alloc(extentHeaderBytes));
  }

  function finishStart(): void {
    const whole = Buffer.alloc(vmaHeaderSize(collected));
    collected.copy(whole);
    part = "header";
    collectInto(whole, vmaHeaderBytes);
  }

  function finishHeader(): void {
    header = parseVmaHeader(collected);
    for (const device of header.devices) {
      devices.set(device.id, { device, seen: createClusterSet(budget), nextStateCluster: 0 });
    }
    onHeader?.(header);
    expectExtent();
  }

  function takeCluster(slot: VmaSlot, extentOffset: number): VmaDevice {
    const known = devices.get(slot.deviceId);
    if (!known) throw unreadable(`got wrong dev id ${slot.deviceId}`, extentOffset);
    const { device, seen } = known;
    if (isVmState(device)) {
      if (slot.cluster !== known.nextStateCluster) throw unreadable("found out of order vmstate data", extentOffset);
      known.nextStateCluster += 1;
      return device;
    }
    if (slot.cluster * clusterBytes >= device.sizeBytes) {
      throw unreadable("got wrong block address - write beyond end", extentOffset);
    }
    if (!seen.add(slot.cluster)) {
      throw unreadable(`found duplicated cluster ${slot.cluster} for stream ${device.name}`, extentOffset);
    }
    return device;
  }

  function finishExtentHeader(uuid: string): void {
    const found = parseVmaExtent(collected, uuid, offset - extentHeaderBytes);
    spans = [];
    let blocks = 0;
    for (const slot of found.slots) {
      const device = takeCluster(slot, found.offset);
      const slotSpans = spansOf(slot, device);
      for (const span of slotSpans) {
        blocks += span.lengthBytes / blockBytes;
        if (blocks > found.blockCount) throw unreadable("short vma extent - too many blocks", found.offset);
        if (!isVmState(device) && span.imageOffset + span.lengthBytes - blockBytes >= device.sizeBytes) {
          throw unreadable("got wrong block address - write beyond end", found.offset);
        }
        if (onContent) spans.push(span);
      }
    }
    if (blocks < found.blockCount) throw unreadable("vma extent error - missing blocks", found.offset);
    extentCount += 1;
    onExtent?.(found);
    extent = found;
    contentLeft = blocks * blockBytes;
    spans.reverse();
    part = "content";
    if (contentLeft === 0) expectExtent();
  }

  function deliver(bytes: Buffer): void {
    for (let position = 0; position < bytes.length; ) {
      const span = spans.at(-1);
      if (!span) return;
      const taken = Math.min(span.lengthBytes, bytes.length - position);
      const inside = isVmState(span.device) ? taken : Math.min(taken, span.device.sizeBytes - span.imageOffset);
      if (inside > 0) onContent?.(span.device, span.imageOffset, bytes.subarray(position, position + inside));
      span.imageOffset += taken;
      span.lengthBytes -= taken;
      if (span.lengthBytes === 0) spans.pop();
      position += taken;
    }
  }

  function finishCollected(): void {
    if (part === "start") finishStart();
    else if (part === "header") finishHeader();
    else if (header) finishExtentHeader(header.uuid);
  }

  /** What would be wrong if the stream ended here. */
  function faultSoFar(): AppError | undefined {
    if (part === "start") return unreadable("can't read vma header - got EOF", offset);
    if (part === "header") return unreadable("can't read vma header data - got EOF", offset);
    if (part === "extentHeader" && collectedBytes > 0) return unreadable(`read short extent (${collectedBytes} bytes)`);
    if (part === "content" && extent) {
      const wholeBytes = extentHeaderBytes + extent.blockCount * blockBytes;
      return unreadable(`short vma extent (${wholeBytes - contentLeft} < ${wholeBytes})`, extent.offset);
    }
    for (const { device, seen } of devices.values()) {
      if (isVmState(device)) continue;
      const missing = seen.firstMissing(Math.ceil(device.sizeBytes / clusterBytes));
      if (missing !== undefined) {
        return unreadable(`detected missing cluster ${missing} for stream ${device.name}`, offset);
      }
    }
    // Upstream's writer ends even an archive without disks with one (empty) extent.
    if (extentCount === 0) return unreadable("the vma has no extent", offset);
    return undefined;
  }

  return {
    write(chunk) {
      for (let position = 0; position < chunk.length; ) {
        if (part === "content") {
          const taken = Math.min(contentLeft, chunk.length - position);
          if (onContent) deliver(chunk.subarray(position, position + taken));
          contentLeft -= taken;
          position += taken;
          offset += taken;
          if (contentLeft === 0) expectExtent();
          continue;
        }
        const taken = chunk.copy(collected, collectedBytes, position);
        collectedBytes += taken;
        position += taken;
        offset += taken;
        if (collectedBytes === collected.length) finishCollected();
      }
    },
    isWhole: () => faultSoFar() === undefined,
    end() {
      const fault = faultSoFar();
      if (fault) throw fault;
    },
  };
}
