import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { AppError } from "@/lib/domain/errors";
import { endMark, paxHeader, signHeader, tarContent, tarFile, tarHeader } from "./fixtures/build-tar";
import { readFixture } from "./fixtures/read-fixture";
import type { TarMember } from "./tar-member";
import { createTarReader } from "./tar-reader";

function readTar(bytes: Buffer, pieceBytes = bytes.length): TarMember[] {
  const members: TarMember[] = [];
  const reader = createTarReader({ onMember: (member) => members.push(member) < 0 });
  for (let at = 0; at < bytes.length; at += pieceBytes) reader.write(bytes.subarray(at, at + pieceBytes));
  reader.end();
  return members;
}

const readParts = (...parts: Buffer[]) => readTar(Buffer.concat([...parts, endMark]));

function onlyMember(...parts: Buffer[]): TarMember {
  const [member, ...others] = readParts(...parts);
  if (!member || others.length > 0) throw new Error(`${others.length} more members than one`);
  return member;
}

const typeLetters = {
  file: "-",
  directory: "d",
  symlink: "l",
  hardlink: "h",
  character_device: "c",
  block_device: "b",
  fifo: "p",
  other: "?",
} as const satisfies Record<TarMember["type"], string>;

function modeText({ mode, type }: TarMember): string {
  const rights = [6, 3, 0].map((shift, place) => {
    const bits = (mode >> shift) & 7;
    const special = (mode >> (11 - place)) & 1;
    const letters = place === 2 ? ["t", "T"] : ["s", "S"];
    const plain = bits & 1 ? "x" : "-";
    return (bits & 4 ? "r" : "-") + (bits & 2 ? "w" : "-") + (special ? letters[bits & 1 ? 0 : 1] : plain);
  });
  return typeLetters[type] + rights.join("");
}

const tails: Partial<Record<TarMember["type"], string>> = { symlink: " -> ", hardlink: " link to " };

/** A member as `tar --numeric-owner -tv` prints it, its columns joined by one blank. */
function listingLine(member: TarMember, timeLength: number): string {
  const { device, sizeBytes, linkTarget } = member;
  const size = device ? `${device.major},${device.minor}` : sizeBytes;
  const time = new Date(member.mtimeMs).toISOString().replace("T", " ").slice(0, timeLength);
  const tail = linkTarget === undefined ? "" : `${tails[member.type]}${linkTarget}`;
  return `${modeText(member)} ${member.uid}/${member.gid} ${size} ${time} ${member.path}${tail}`;
}

const readListing = (name: string) =>
  readFixture(name)
    .toString("utf8")
    .trimEnd()
    .split("\n")
    .map((line) => line.replace(/^(\S+) +(\S+) +(\S+) (\S+) ([\d:]+)(?:\.\d+)? +/, "$1 $2 $3 $4 $5 "));

const gnuFixtures = ["gnu", "pax-sparse-0.0", "pax-sparse-0.1", "pax-sparse-1.0"];

describe("what GNU tar wrote", () => {
  it.each(gnuFixtures)("%s is listed as GNU tar lists it", (name) => {
    const members = readTar(readFixture(`${name}.tar.gz`));

    expect(members.map((member) => listingLine(member, 19))).toEqual(readListing(`${name}.tar-tvf.txt`));
  });

  it("lists a real container archive of vzdump as GNU tar lists it", () => {
    const name = "vzdump-lxc-102-2026_11_23-02_07_42.tar.zst";

    const members = readTar(readFixture(name));

    expect(members.map((member) => listingLine(member, 16))).toEqual(readListing(`${name}.tar-tvf.txt`));
  });

  it.each(gnuFixtures)("the offsets in %s lead to the content", (name) => {
    const tar = readFixture(`${name}.tar.gz`);
    const contentOf = (path: string) => {
      const member = readTar(tar).find((candidate) => candidate.path === path);
      return member && tar.toString("utf8", member.dataOffset, member.dataOffset + member.storedBytes);
    };

    expect(contentOf("./hardlink")).toBe("hello\n");
    expect(contentOf("./caf\\351")).toBe("latin\n");
    expect(contentOf("./plain")).toBe("");
  });

  it("knows a sparse file by its real size and its stored size", () => {
    const stored = gnuFixtures.map((name) => {
      const sparse = readTar(readFixture(`${name}.tar.gz`)).filter((member) => member.isSparse);
      return sparse.map(({ path, sizeBytes, storedBytes }) => [path, sizeBytes, storedBytes]);
    });

    // 50 pieces of one 4096-byte block each; format 1.0 puts its map before them.
    const plain = [
      ["./allholes", 1_048_576, 0],
      ["./sparse", 3_145_728, 204_800],
    ];
    expect(stored.slice(0, 3)).toEqual([plain, plain, plain]);
    expect(stored[3]).toEqual([
      ["./allholes", 1_048_576, 512],
      ["./sparse", 3_145_728, 205_824],
    ]);
  });

  it.each([1, 7, 511, 513, 4096])("reads the same in pieces of %d bytes", (pieceBytes) => {
    const tar = readFixture("pax-sparse-1.0.tar.gz");

    expect(readTar(tar, pieceBytes)).toEqual(readTar(tar));
  });
});

describe("headers", () => {
  it("counts extended attributes and notices ACLs, whatever their values hold", () => {
    const pax = paxHeader({
      "SCHILY.xattr.user.one": Buffer.from([0, 10, 61, 255]),
      "SCHILY.xattr.security.capability": "1\n12 path=/forged\n",
      "SCHILY.acl.access": "user::rw-",
    });

    expect(onlyMember(pax, tarFile("./real", "x"))).toMatchObject({ path: "./real", xattrCount: 2, hasAcl: true });
  });

  it("starts a member at the first of its headers", () => {
    const first = tarFile("./a", "a");
    const [, second] = readParts(first, paxHeader({ path: "./b" }), tarFile("./cut", "bb"));

    expect(second).toMatchObject({ path: "./b", headerOffset: first.length, dataOffset: first.length + 1024 + 512 });
  });

  it("lets a pax size of more than 8 GiB rule over the header's", () => {
    const seen: TarMember[] = [];
    const reader = createTarReader({ onMember: (member) => seen.push(member) < 0 });

    reader.write(Buffer.concat([paxHeader({ size: "9000000000" }), tarHeader({ sizeBytes: 0 })]));

    expect(seen[0]).toMatchObject({ sizeBytes: 9_000_000_000, storedBytes: 9_000_000_000 });
    expect(() => reader.end()).toThrow("cut inside a member");
  });

  it("applies a global pax header until a member's own says otherwise", () => {
    const members = readParts(
      paxHeader({ uid: "7", mtime: "1.5" }, "g"),
      tarFile("./a", "a"),
      paxHeader({ uid: "8" }),
      tarFile("./b", "b"),
    );

    expect(members.map(({ uid, mtimeMs }) => [uid, mtimeMs])).toEqual([
      [7, 1500],
      [8, 1500],
    ]);
  });

  it("joins the ustar prefix with the name, and takes none from GNU's layout", () => {
    expect(onlyMember(tarHeader({ name: "file", prefix: "./deep" })).path).toBe("./deep/file");
    expect(onlyMember(tarHeader({ name: "file", prefix: "\0junk", magic: "gnu" })).path).toBe("file");
  });

  it("reads GNU long names and links", () => {
    const long = `./${"n".repeat(300)}`;
    const longName = tarFile("././@LongLink", `${long}\0`, { typeFlag: "L", magic: "gnu" });
    const longLink = tarFile("././@LongLink", "/target\0", { typeFlag: "K", magic: "gnu" });

    expect(onlyMember(longLink, longName, tarHeader({ typeFlag: "2", magic: "gnu" }))).toMatchObject({
      path: long,
      linkTarget: "/target",
      headerOffset: 0,
    });
  });

  it("takes no content from a hard link that claims some, as GNU tar", () => {
    const link = tarHeader({ typeFlag: "1", linkName: "./a", sizeBytes: 5 });

    expect(readParts(link, tarFile("./b", "b")).map(({ path }) => path)).toEqual(["./file", "./b"]);
  });

  it("reads base-256 numbers, negative ones too", () => {
    const header = tarHeader({ magic: "gnu" });
    Buffer.from("80000000002dc6c0", "hex").copy(header, 108);
    Buffer.from("ffffffffffffffffffffff9c", "hex").copy(header, 136);

    expect(onlyMember(signHeader(header))).toMatchObject({ uid: 3_000_000, mtimeMs: -100_000 });
  });

  it("steps over the content of a member of unknown type", () => {
    const members = readParts(tarFile("./odd", "odd", { typeFlag: "Z" }), tarFile("./b", "b"));

    expect(members.map(({ type }) => type)).toEqual(["other", "file"]);
  });

  it("gives out the content that was asked for and no other", () => {
    const got: string[] = [];
    const reader = createTarReader({
      onMember: ({ path }) => path === "./b",
      onContent: ({ path }, bytes) => got.push(`${path} ${bytes}`),
    });

    reader.write(Buffer.concat([tarFile("./a", "aaa"), tarFile("./b", "bbb"), tarFile("./c", "ccc"), endMark]));

    expect(got).toEqual(["./b bbb"]);
  });
});

describe("what is refused", () => {
  const expectUnreadable = (text: RegExp, ...parts: Buffer[]) => {
    expect(() => readTar(Buffer.concat(parts))).toThrow(
      expect.objectContaining({ code: "archive_unreadable", message: expect.stringMatching(text) }),
    );
  };

  it("a stream cut at any byte before its end mark is whole", () => {
    const tar = Buffer.concat([
      tarFile("././@LongLink", `./${"n".repeat(120)}\0`, { typeFlag: "L", magic: "gnu" }),
      tarFile("./a", "a".repeat(700), { magic: "gnu" }),
      paxHeader({ path: "./b" }),
      tarFile("./cut", "bb"),
      tarHeader({ name: "./d/", typeFlag: "5" }),
      endMark,
    ]);

    for (let cut = 0; cut < tar.length; cut += 1) expectUnreadable(/cut|without its member/, tar.subarray(0, cut));
    expect(readTar(tar)).toHaveLength(3);
  });

  it("anything but zeros behind the end", () => {
    const tar = Buffer.concat([tarFile("./a", "a"), endMark]);

    expect(readTar(Buffer.concat([tar, Buffer.alloc(8192)]))).toHaveLength(1);
    expectUnreadable(/follow the end/, tar, Buffer.alloc(512), tarFile("./b", "b"), endMark);
    expectUnreadable(/follow the end/, tarFile("./a", "a"), Buffer.alloc(512), tarFile("./b", "b"), endMark);
  });

  it("a header whose bytes changed, with its place", () => {
    const header = tarHeader({ name: "./b" });
    header.write("X", 3);

    expectUnreadable(/wrong checksum \(at byte 1024 /, tarFile("./a", "a"), header, endMark);
  });

  it("sizes no archive can have", () => {
    const negative = tarHeader({});
    Buffer.from("ffffffffffffffffffffffff", "hex").copy(negative, 124);
    const huge = tarHeader({});
    Buffer.from("807fffffffffffffffffffff", "hex").copy(huge, 124);

    expectUnreadable(/impossible size/, signHeader(negative), endMark);
    expectUnreadable(/impossible size/, signHeader(huge), endMark);
  });

  it("names and extended headers beyond their bounds, without collecting them", () => {
    expectUnreadable(/larger than any/, tarHeader({ typeFlag: "L", sizeBytes: 65_537 }), endMark);
    expectUnreadable(/larger than any/, tarHeader({ typeFlag: "x", sizeBytes: 16 * 1024 * 1024 + 1 }), endMark);
    expectUnreadable(/too long/, paxHeader({ path: "n".repeat(65_537) }), tarFile("./a", "a"), endMark);
  });

  it.each(["12", "12 ", "99 path=a\n", "-1 path=a\n", "8 path=a\n", "1e1 path=a\n", "11 size=-1\n"])(
    "a pax record of %j",
    (record) => {
      const pax = Buffer.concat([tarHeader({ typeFlag: "x", sizeBytes: record.length }), tarContent(record)]);

      expectUnreadable(/pax header/, pax, tarFile("./a", "a"), endMark);
    },
  );

  it("500 damaged archives: an error of its own or a listing, never anything else", () => {
    const tar = readFixture("pax-sparse-1.0.tar.gz").subarray(0, 32 * 1024);
    const damage = fc.array(fc.tuple(fc.nat(tar.length - 1), fc.nat(255)), { minLength: 1, maxLength: 8 });
    const property = fc.property(damage, fc.nat(tar.length), fc.boolean(), (changes, cut, isSigned) => {
      const damaged = Buffer.concat([tar.subarray(0, cut), endMark]);
      for (const [at, value] of changes) {
        damaged[at % damaged.length] = value;
        const block = Math.floor((at % damaged.length) / 512) * 512;
        // A right checksum over wrong fields reaches the code behind the checksum.
        if (isSigned && block + 512 <= damaged.length) signHeader(damaged.subarray(block, block + 512));
      }
      try {
        expect(readTar(damaged).length).toBeLessThan(100);
      } catch (error) {
        expect(error).toBeInstanceOf(AppError);
        expect(error).toMatchObject({ code: "archive_unreadable" });
      }
    });

    fc.assert(property, { numRuns: 500, seed: 20_261_123 });
  });
});
