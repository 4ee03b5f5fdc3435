import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { db } from "@/lib/db/client";
import { signedManifestSchema } from "@/lib/domain/manifest";
import { isOurManifest } from "@/lib/services/sign-manifest";
import { provideTestStack } from "@/lib/testing/test-stack";
import { beginRunOf, endOfRun, provideLab, seedPolicy, stepsInWords } from "@/lib/testing/whole-product";
import { runCommand } from "./adapters/command/run-command";

provideTestStack();
const { lab, node, startWorker } = provideLab();

async function readRemote(path: string): Promise<Buffer> {
  const env = { RCLONE_CONFIG: lab().description.rcloneConfigPath };
  return (await runCommand({ file: "rclone", args: ["cat", path], env })).stdout;
}

const sha256 = (bytes: Buffer) => createHash("sha256").update(bytes).digest("hex");

describe("a backup run", () => {
  it("leaves every archive local and at three remotes, whole, with its manifest, each copy proven", async () => {
    await Promise.all([startWorker("pve1"), startWorker("pve2")]);
    const run = await beginRunOf((await seedPolicy()).id);

    const ended = await endOfRun(run.id);

    expect({ status: ended.status, reason: ended.statusReason, ...(await stepsInWords(run.id)) }).toMatchObject({
      status: "succeeded",
      reason: null,
    });
    const points = await db().restorePoint.findMany({
      include: { archive: { include: { node: true } }, guest: true, copies: { include: { destination: true } } },
    });
    expect(points.map(({ guest }) => guest.key).toSorted()).toEqual([
      "host/pve1",
      "host/pve2",
      "lxc/101",
      "lxc/102",
      "qemu/200",
    ]);
    for (const { archive, guest, copies } of points) {
      if (!archive) throw new Error("a point has an archive");
      expect(copies.map(({ state }) => state)).toEqual(["good", "good", "good", "good"]);
      const folder = join(node(archive.node.name).dumpDirectory, guest.type === "host" ? "undercroft/host" : "");
      expect(sha256(readFileSync(join(folder, archive.fileName)))).toBe(archive.sha256);
      for (const { destination } of copies) {
        if (!destination.remote) continue;
        const path = `${destination.remote}/${archive.node.name}/${archive.fileName}`;
        expect(sha256(await readRemote(path)), path).toBe(archive.sha256);
        const manifest = (await readRemote(`${path}.manifest.json`)).toString();
        expect(isOurManifest(manifest)).toBe(true);
        expect(signedManifestSchema.parse(JSON.parse(manifest)).sha256).toBe(archive.sha256);
      }
    }
    const proofs = await db().copy.findMany({
      include: { destination: true },
      orderBy: { destination: { slot: "asc" } },
    });
    expect([
      ...new Set(proofs.map(({ destination, verifiedBy, proof }) => `${destination.slot} ${verifiedBy} ${proof}`)),
    ]).toEqual(["local local_read P3", "primary server_hash P2", "secondary download P2", "tertiary ingest_hash P2"]);
    expect(
      existsSync(join(node("pve1").stateDirectory, "dumps")) && readdirSync(join(node("pve1").stateDirectory, "dumps")),
    ).toEqual([]);
  });
});
