import { describe, expect, it } from "vitest";
import { db } from "@/lib/db/client";
import { manifestName } from "@/lib/domain/manifest";
import { provideTestStack } from "@/lib/testing/test-stack";
import { beginRunOf, endOfRun, provideLab, seedPolicy } from "@/lib/testing/whole-product";
import { runCommand } from "./adapters/command/run-command";
import { dumpDirectory } from "./adapters/files/dump-directory";

provideTestStack();
const { control, lab, node, startWorker } = provideLab();

const nights = 20;
const nightOf = (night: number) => `2026-03-${String(night + 1).padStart(2, "0")}T02:00:00Z`;

async function archivesAtRemote(remote: string): Promise<string[]> {
  const env = { RCLONE_CONFIG: lab().description.rcloneConfigPath };
  const { stdout } = await runCommand({ file: "rclone", args: ["lsjson", "-R", "--files-only", remote], env });
  return (JSON.parse(stdout.toString()) as { Path: string }[])
    .map(({ Path }) => Path)
    .filter((path) => path.includes("-102-"));
}

describe("twenty nightly runs", () => {
  it("leave at each destination exactly the points that its rules keep, with their manifests and nothing else", async () => {
    await startWorker("pve2");
    const settings = { selection: { kind: "picked", vmids: [102] }, includeHostConfig: false };
    const policy = await seedPolicy(settings, { local: 2, remote: 15 });

    for (let night = 0; night < nights; night += 1) {
      await control("PUT", "clock", { now: nightOf(night) });
      const run = await beginRunOf(policy.id);
      expect((await endOfRun(run.id)).statusReason).toBeNull();
    }

    const points = await db().restorePoint.findMany({ include: { archive: true }, orderBy: { takenAt: "desc" } });
    const names = points.map(({ archive }) => archive?.fileName ?? "");
    expect(names).toHaveLength(nights);
    expect(names[0]).toMatch(/^vzdump-lxc-102-2026_03_20-/);
    const local = [...(await dumpDirectory.list(node("pve2").dumpDirectory)).keys()].filter((name) =>
      name.endsWith(".tar.zst"),
    );
    expect(local.filter((name) => names.includes(name)).toSorted()).toEqual(names.slice(0, 2).toSorted());
    for (const remote of Object.values(lab().description.remotes)) {
      const files = await archivesAtRemote(remote);
      const archives = files.filter((path) => path.endsWith(".tar.zst")).map((path) => path.split("/").at(-1));
      expect(archives.toSorted(), remote).toEqual(names.slice(0, 15).toSorted());
      const manifests = files.filter((path) => path.endsWith(".manifest.json")).map((path) => path.split("/").at(-1));
      expect(manifests.toSorted(), remote).toEqual(names.slice(0, 15).map(manifestName).toSorted());
    }
    const removed = await db().copy.groupBy({ by: ["destinationId"], where: { state: "removed" }, _count: true });
    expect(removed.map(({ _count }) => _count).toSorted()).toEqual([18, 5, 5, 5].toSorted());
  }, 600_000);
});
