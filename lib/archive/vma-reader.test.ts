import { hash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { AppError } from "@/lib/domain/errors";
import { readFixture } from "./fixtures/read-fixture";
import { extractVmaDevice } from "./vma-device";
import type { VmaExtent, VmaHeader } from "./vma-header";
import { createVmaReader } from "./vma-reader";

type Cases = {
  archives: {
    file: string;
    gz: string;
    uuid: string;
    ctime: number;
    headerSize: number;
    configs: { name: string; text: string }[];
    devices: { devname: string; size: number; sha256: string }[];
    extents: { offset: number; blockCount: number; clusters: number }[];
  }[];
  corrupted: { base: string; mutation: string; extract: { accepted: boolean; last: string } }[];
};

const cases: Cases = JSON.parse(readFixture("vma-cases.json").toString("utf8"));

function readVma(bytes: Buffer, pieceBytes = bytes.length) {
  const headers: VmaHeader[] = [];
  const extents: VmaExtent[] = [];
  const reader = createVmaReader({
    onHeader: (header) => headers.push(header),
    onExtent: (extent) => extents.push(extent),
  });
  for (let at = 0; at < bytes.length; at += pieceBytes) reader.write(bytes.subarray(at, at + pieceBytes));
  reader.end();
  return { header: headers[0], extents };
}

const readArchive = (file: string) => readFixture(`${file}.gz`);

/** Gives an extent header its right checksum after a change. */
function signExtent(vma: Buffer, at: number): Buffer {
  vma.fill(0, at + 24, at + 40);
  hash("md5", vma.subarray(at, at + 512), "buffer").copy(vma, at + 24);
  return vma;
}

function signHeader(vma: Buffer, sizeBytes = vma.readUInt32BE(56)): Buffer {
  vma.fill(0, 32, 48);
  hash("md5", vma.subarray(0, sizeBytes), "buffer").copy(vma, 32);
  return vma;
}

const firstExtent = 12_800;
const set = (at: number, value: number) => (vma: Buffer) => {
  vma[at] = value;
  return vma;
};
const setSigned = (at: number, value: number) => (vma: Buffer) => signExtent(set(at, value)(vma), firstExtent);
const cut = (sizeBytes: number) => (vma: Buffer) => vma.subarray(0, sizeBytes);
const append = (sizeBytes: number) => (vma: Buffer) => Buffer.concat([vma, Buffer.alloc(sizeBytes)]);

/** What vma-cases.json says was done to each archive. */
const mutations: Record<string, (vma: Buffer) => Buffer> = {
  "first byte set to 0x58": set(0, 0x58),
  "version set to 2 (checksum not fixed)": set(7, 2),
  "byte 100 of the header (reserved) set to 1": set(100, 1),
  "cut to 4096 bytes": cut(4096),
  "cut to 12799 bytes (one byte short of the header)": cut(12_799),
  "cut to 12800 bytes (header only)": cut(12_800),
  "cut to 12900 bytes (inside the extent header)": cut(12_900),
  "cut to 13312 bytes (extent header without data)": cut(13_312),
  "last byte removed": (vma) => vma.subarray(0, -1),
  "one zero byte appended": append(1),
  "512 zero bytes appended": append(512),
  "byte 12808 (uuid of the first extent) changed": set(12_808, 0xee),
  "byte 12847 (cluster number of blockinfo 0) set to 9": set(12_847, 9),
  "byte 13312 (first data byte) changed: data is not covered by a checksum": set(13_312, 0xee),
  "uuid of the first extent changed and its checksum fixed": setSigned(12_808, 0xee),
  "reserved field of the first extent set to 1 and checksum fixed": setSigned(firstExtent + 5, 1),
  "cluster 0 of the first extent renumbered to 1 and checksum fixed": setSigned(firstExtent + 47, 1),
  "device id of blockinfo 0 set to 0 and checksum fixed": setSigned(firstExtent + 43, 0),
  "block count lowered by one and checksum fixed": (vma) =>
    setSigned(firstExtent + 7, (vma[firstExtent + 7] ?? 0) - 1)(vma),
  "last extent removed": cut(116_736),
  "first extent written twice": (vma) => Buffer.concat([vma.subarray(0, 50_176), vma.subarray(firstExtent)]),
};

describe("archives of the upstream writer", () => {
  it.each(cases.archives)("$file: $description", ({ file, uuid, ctime, headerSize, configs, devices, extents }) => {
    const found = readVma(readArchive(file));

    expect(found.header).toEqual({
      uuid: uuid.replaceAll("-", ""),
      createdAtSeconds: ctime,
      headerBytes: headerSize,
      configs,
      devices: devices.map(({ devname, size }, index) => ({ id: index + 1, name: devname, sizeBytes: size })),
    });
    expect(
      found.extents.map(({ offset, blockCount, slots }) => ({ offset, blockCount, clusters: slots.length })),
    ).toEqual(extents);
  });

  it.each([1, 511, 4097, 65_536])("reads the same in pieces of %d bytes", (pieceBytes) => {
    const vma = readArchive("many-extents.vma");

    expect(readVma(vma, pieceBytes)).toEqual(readVma(vma));
  });

  const disks = cases.archives.flatMap(({ file, devices }) => devices.map((device) => ({ file, ...device })));

  it.each(disks)("extracts $devname of $file byte for byte", async ({ file, devname, size, sha256 }) => {
    const image = Buffer.alloc(size);
    const vma = readArchive(file);
    const pieces = (async function* () {
      for (let at = 0; at < vma.length; at += 10_007) yield vma.subarray(at, at + 10_007);
    })();

    const device = await extractVmaDevice(pieces, devname, async (bytes, imageOffset) => {
      expect(imageOffset + bytes.length).toBeLessThanOrEqual(size);
      bytes.copy(image, imageOffset);
    });

    expect(device.sizeBytes).toBe(size);
    expect(hash("sha256", image)).toBe(sha256);
  });

  it("has no disk of another name to extract", async () => {
    const vma = readArchive("one-disk.vma");
    const extraction = extractVmaDevice(
      (async function* () {
        yield vma;
      })(),
      "drive-scsi9",
      async () => undefined,
    );

    await expect(extraction).rejects.toMatchObject({ code: "not_found" });
  });
});

describe("what is refused", () => {
  const expectUnreadable = (vma: Buffer, text: string) =>
    expect(() => readVma(vma)).toThrow(
      expect.objectContaining({ code: "archive_unreadable", message: expect.stringContaining(text) }),
    );

  it.each(cases.corrupted)("$base, $mutation: as upstream's extract", ({ base, mutation, extract }) => {
    const vma = mutations[mutation]?.(Buffer.from(readArchive(base)));
    if (!vma) throw new Error(`no such mutation: ${mutation}`);

    if (extract.accepted) expect(readVma(vma).header).toBeDefined();
    else expectUnreadable(vma, extract.last.replace(/^(OPEN|RESTORE) ERROR: /, ""));
  });

  it("a stream cut at any byte of its headers, and anywhere in its content", () => {
    const vma = readArchive("diskless.vma");
    for (let size = 0; size < vma.length; size += 1) expect(() => readVma(vma.subarray(0, size))).toThrow(AppError);
    const disks = readArchive("many-extents.vma");
    for (let size = 12_801; size < disks.length; size += 997) {
      expect(() => readVma(disks.subarray(0, size))).toThrow(AppError);
    }
  });

  it("a cluster or a block beyond the device's end, and a device that is none", () => {
    const vma = readArchive("unaligned.vma");
    const beyondCluster = signExtent(set(firstExtent + 47, 200)(Buffer.from(vma)), firstExtent);
    const noDevice = signExtent(set(firstExtent + 43, 7)(Buffer.from(vma)), firstExtent);
    const beyondBlock = Buffer.from(vma);
    // Cluster 3 holds the disk's last two blocks; its mask claims a third.
    beyondBlock.writeUInt16BE(0b111, firstExtent + 40 + 3 * 8);
    beyondBlock.writeUInt16BE(51, firstExtent + 6);

    expectUnreadable(beyondCluster, "got wrong block address - write beyond end");
    expectUnreadable(noDevice, "got wrong dev id 7");
    expectUnreadable(signExtent(beyondBlock, firstExtent), "got wrong block address - write beyond end");
  });

  it("header sizes and blob buffers that lead out of the file", () => {
    const vma = readArchive("one-disk.vma");
    const change = (at: number, value: number) => {
      const changed = Buffer.from(vma);
      changed.writeUInt32BE(value, at);
      return changed;
    };

    expectUnreadable(change(56, 12_288), "wrong vma header size 12288");
    expectUnreadable(change(56, 0xffffffff), "wrong vma header size 4294967295");
    expectUnreadable(signHeader(change(4, 2)), "wrong vma version 2");
    expectUnreadable(signHeader(change(48, 4096)), "wrong vma blob buffer offset 4096");
    expectUnreadable(signHeader(change(52, 100_000)), "wrong vma blob buffer size 12288/100000");
    expectUnreadable(signHeader(change(3068, 9999)), "vma contains invalid data pointers");
  });

  it("RAM state out of order, while its size is not kept", () => {
    const vma = Buffer.from(readArchive("many-extents.vma"));
    vma.write("vmstate\0", vma.indexOf("drive-scsi0\0"), "latin1");
    // The name's blob is 12 bytes; the rest behind the new name must end in NUL too.
    vma.fill(0, vma.indexOf("vmstate\0") + 7, vma.indexOf("vmstate\0") + 12);
    signHeader(vma);
    const swapped = signExtent(set(firstExtent + 47, 1)(Buffer.from(vma)), firstExtent);

    expect(readVma(vma.subarray(0, 116_736)).header?.devices).toEqual([
      { id: 1, name: "vmstate", sizeBytes: 13_107_200 },
    ]);
    expectUnreadable(swapped, "found out of order vmstate data");
  });

  it("500 damaged archives: an error of its own or a listing, never anything else", () => {
    const vma = readArchive("many-extents.vma");
    const change = fc.tuple(fc.nat(vma.length - 1), fc.nat(255));
    const headerChange = fc.tuple(fc.nat(12_799), fc.nat(255));
    const extentChange = fc.tuple(fc.integer({ min: firstExtent, max: firstExtent + 511 }), fc.nat(255));
    const changes = fc.array(fc.oneof(change, headerChange, extentChange), { minLength: 1, maxLength: 4 });
    const property = fc.property(changes, fc.boolean(), (list, isSigned) => {
      const damaged = Buffer.from(vma);
      for (const [at, value] of list) damaged[at] = value;
      // A right checksum over wrong fields reaches the code behind the checksum.
      if (isSigned) signExtent(signHeader(damaged, 12_800), firstExtent);
      try {
        expect(readVma(damaged).extents.length).toBeLessThan(10);
      } catch (error) {
        expect(error).toBeInstanceOf(AppError);
        expect(error).toMatchObject({ code: "archive_unreadable" });
      }
    });

    fc.assert(property, { numRuns: 500, seed: 20_261_123 });
  });
});
