import { createHash } from "node:crypto";
import type { IndexWriter } from "./file-index";
import type { ArchiveKind, IndexEntry, MemberEntry } from "./index-entry";
import type { TarMember } from "./tar-member";
import { createTarReader } from "./tar-reader";
import { unreadable } from "./unreadable";
import type { VmaExtent } from "./vma-header";
import { createVmaReader } from "./vma-reader";

export type Inspection = {
  kind: ArchiveKind;
  rawSizeBytes: number;
  rawSha256: string;
  /** Members of a tar (extents of a VMA, with its configurations and devices, are the index's business). */
  memberCount: number;
  /** The guest's configuration as vzdump put it into the archive; null where there is none (a host's archive). */
  configText: string | null;
  firewallText: string | null;
  devices: { name: string; sizeBytes: number }[];
};

export type Inspector = {
  /** Throws archive_unreadable at the first byte that does not fit. */
  write(chunk: Uint8Array): void;
  /** Whether the archive has come to its own end, though the stream may not have: nothing of it is missing. */
  isWhole(): boolean;
  /** Throws archive_unreadable when the archive was not read to its end; that it returns is the proof. */
  end(): Inspection;
};

// pve-container, LXC/Create.pm recover_config: the first member of these names ("vps" from OpenVZ times).
const containerConfig = /^\.\/etc\/vzdump\/(pct|vps)\.conf$/;
const containerFirewall = "./etc/vzdump/pct.fw";
const maxConfigBytes = 1024 * 1024;

type Findings = Pick<Inspection, "memberCount" | "configText" | "firewallText" | "devices">;
type Reader = { write(chunk: Buffer): void; isWhole(): boolean; end(): void };
type EntrySink = (entry: IndexEntry) => void;

function memberEntry(member: TarMember): MemberEntry {
  const { isSparse, xattrCount, hasAcl, ...rest } = member;
  return {
    ...rest,
    ...(isSparse ? { isSparse } : {}),
    ...(xattrCount > 0 ? { xattrCount } : {}),
    ...(hasAcl ? { hasAcl } : {}),
  };
}

function createTarInspector(found: Findings, onEntry: EntrySink): Reader {
  const texts: Partial<Record<"configText" | "firewallText", Buffer[]>> = {};
  const wantedFrom = new Map<TarMember, Buffer[]>();

  function wants(member: TarMember): boolean {
    if (member.type !== "file") return false;
    const isConfig = containerConfig.test(member.path);
    if (!isConfig && member.path !== containerFirewall) return false;
    const key = isConfig ? "configText" : "firewallText";
    if (texts[key]) return false;
    if (member.sizeBytes > maxConfigBytes)
      throw unreadable(`${member.path} is too large to be a guest's configuration`);
    const parts: Buffer[] = [];
    texts[key] = parts;
    wantedFrom.set(member, parts);
    return true;
  }

  const reader = createTarReader({
    onMember: (member) => {
      found.memberCount += 1;
      onEntry(memberEntry(member));
      return wants(member);
    },
    onContent: (member, bytes) => wantedFrom.get(member)?.push(Buffer.from(bytes)),
  });
  return {
    write: reader.write,
    isWhole: reader.isWhole,
    end: () => {
      reader.end();
      for (const key of ["configText", "firewallText"] as const) {
        found[key] = texts[key] ? Buffer.concat(texts[key]).toString("utf8") : null;
      }
    },
  };
}

function extentEntry({ offset, blockCount, slots }: VmaExtent): IndexEntry {
  const clusters = new Map<number, { deviceId: number; first: number; last: number }>();
  for (const { deviceId, cluster } of slots) {
    const range = clusters.get(deviceId);
    if (!range) clusters.set(deviceId, { deviceId, first: cluster, last: cluster });
    else {
      range.first = Math.min(range.first, cluster);
      range.last = Math.max(range.last, cluster);
    }
  }
  return { type: "vma_extent", offset, blockCount, clusterCount: slots.length, clusters: [...clusters.values()] };
}

function createVmaInspector(found: Findings, onEntry: EntrySink): Reader {
  return createVmaReader({
    onHeader: ({ configs, devices }) => {
      for (const { name, text } of configs) {
        onEntry({ type: "vma_config", name, text });
        if (name === "qemu-server.conf") found.configText = text;
        if (name === "qemu-server.fw") found.firewallText = text;
      }
      for (const { id, name, sizeBytes } of devices) {
        onEntry({ type: "vma_device", id, name, sizeBytes });
        found.devices.push({ name, sizeBytes });
      }
    },
    onExtent: (extent) => onEntry(extentEntry(extent)),
  });
}

/** Takes an archive's raw stream piece by piece: hashes it, lists it, and knows at the end whether it was whole. */
export function createInspector(kind: ArchiveKind, onEntry: EntrySink = () => undefined): Inspector {
  const found: Findings = { memberCount: 0, configText: null, firewallText: null, devices: [] };
  const reader = kind === "tar" ? createTarInspector(found, onEntry) : createVmaInspector(found, onEntry);
  const sha256 = createHash("sha256");
  let rawSizeBytes = 0;
  return {
    write(chunk) {
      sha256.update(chunk);
      rawSizeBytes += chunk.length;
      reader.write(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength));
    },
    isWhole: reader.isWhole,
    end() {
      reader.end();
      return { kind, rawSizeBytes, rawSha256: sha256.digest("hex"), ...found };
    },
  };
}

/**
 * Reads an archive's raw stream to its end in one pass, listing it into `index` where given (whose `finish` is the
 * caller's). Throws archive_unreadable when the stream is damaged or cut.
 */
export async function inspectStream(
  source: AsyncIterable<Uint8Array>,
  kind: ArchiveKind,
  index?: IndexWriter,
): Promise<Inspection> {
  const inspector = createInspector(kind, index?.add);
  for await (const chunk of source) {
    inspector.write(chunk);
    await index?.drain();
  }
  return inspector.end();
}
