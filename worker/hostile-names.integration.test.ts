import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { db } from "@/lib/db/client";
import { signedManifestSchema } from "@/lib/domain/manifest";
import { provideTestStack } from "@/lib/testing/test-stack";
import { beginRunOf, endOfRun, provideLab, seedPolicy, stepsInWords } from "@/lib/testing/whole-product";

provideTestStack();
const { control, node, startWorker } = provideLab();

const marker = "/tmp/undercroft-was-run-by-a-shell";
const names = [
  `"'$(touch ${marker}) \`touch ${marker}\`; touch ${marker} #`,
  "<img src=x onerror=alert(1)>{{node}}%0a../../../etc/passwd",
  "🙂".repeat(200),
  "-rf --config=/etc/shadow",
];
const notes = `line one\nline two "quoted" $(touch ${marker})\n../../etc/passwd <script>alert(1)</script>`;

describe("hostile names and notes", () => {
  it("run through every step as plain text", async () => {
    rmSync(marker, { force: true });
    const vmids: number[] = [];
    for (const name of names) {
      const guest = (await control("POST", "guests", { node: "pve2", name, notes, sizeBytes: 50_000 })) as {
        vmid: number;
      };
      vmids.push(guest.vmid);
    }
    await startWorker("pve2");
    const policy = await seedPolicy({ selection: { kind: "picked", vmids }, includeHostConfig: false });
    const hostilePolicyName = `${names[0]} ${names[1]}`;
    await db().policy.update({ where: { id: policy.id }, data: { name: hostilePolicyName } });

    const run = await beginRunOf(policy.id);
    const ended = await endOfRun(run.id);

    expect({ status: ended.status, steps: await stepsInWords(run.id) }).toMatchObject({ status: "succeeded" });
    const points = await db().restorePoint.findMany({ include: { archive: true, guest: true, copies: true } });
    expect(points.map(({ guest }) => guest.name).toSorted()).toEqual(names.toSorted());
    for (const { archive, guest, copies } of points) {
      expect(copies.map(({ state }) => state)).toEqual(["good", "good", "good", "good"]);
      expect(archive?.fileName).toMatch(/^vzdump-lxc-\d+-[\d_-]+\.tar\.zst$/);
      const path = join(node("pve2").dumpDirectory, archive?.fileName ?? "");
      expect(readFileSync(`${path}.notes`, "utf8")).toBe(`${guest.name}, ${hostilePolicyName} #${run.number}`);
      const manifest = signedManifestSchema.parse(JSON.parse(readFileSync(`${path}.manifest.json`, "utf8")));
      expect(manifest.guest.name).toBe(guest.name);
      expect(manifest.policy.name).toBe(hostilePolicyName);
    }
    expect(existsSync(marker)).toBe(false);
    for (const vmid of vmids) await control("DELETE", `guests/${vmid}`, {});
  });
});
