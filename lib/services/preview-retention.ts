import type { z } from "zod";
import type { RetentionPreview, retentionPreviewBodySchema } from "@/lib/contracts/previews";
import { db } from "@/lib/db/client";
import { AppError } from "@/lib/domain/errors";
import { describeIdleRules, planRetention } from "@/lib/domain/retention";
import { requireTimeZone } from "./require-schedule";
import { simulatePrune } from "./simulate-prune";

type Preview = z.output<typeof retentionPreviewBodySchema>;

/** What rules keep and remove: of points as they are given, or of a guest's real copies in a slot. */
export async function previewRetention(preview: Preview): Promise<RetentionPreview> {
  requireTimeZone(preview.timeZone);
  return "points" in preview ? previewPoints(preview) : previewGuest(preview);
}

function previewPoints({ points, rules, timeZone }: Extract<Preview, { points: unknown }>): RetentionPreview {
  const archives = points.map(({ id, takenAt, isProtected }) => ({ id, createdAt: new Date(takenAt), isProtected }));
  const plan = planRetention(archives, rules, timeZone);
  return summed(
    plan.entries.map(({ archive, mark, reason }) => ({
      id: archive.id,
      takenAt: archive.createdAt.toISOString(),
      mark: mark === "renamed" ? "protected" : mark,
      reason,
      sizeBytes: null,
    })),
    describeIdleRules(plan),
  );
}

async function previewGuest({
  guestId,
  slot,
  rules,
  timeZone,
}: Extract<Preview, { guestId: unknown }>): Promise<RetentionPreview> {
  const guest = await db().guest.findUnique({ where: { id: guestId }, select: { id: true } });
  if (!guest) throw new AppError("not_found", "There is no guest with this id.");
  const plans = await simulatePrune({
    slot,
    guestIds: [guestId],
    rules,
    timeZone,
    requiredProof: "P2",
    hasPrimary: slot === "local",
  });
  const plan = plans.get(guestId);
  if (!plan) return summed([], []);
  return summed(
    plan.entries.map(({ copy, mark, reason }) => ({
      id: copy.pointId,
      takenAt: copy.takenAt.toISOString(),
      mark,
      reason,
      sizeBytes: copy.sizeBytes,
    })),
    describeIdleRules({ entries: [], keep: [], remove: [], rules: plan.rules }),
  );
}

function summed(points: RetentionPreview["points"], idleRules: string[]): RetentionPreview {
  const removed = points.filter(({ mark }) => mark === "remove");
  return {
    points,
    keepCount: points.length - removed.length,
    removeCount: removed.length,
    freedBytes: removed.reduce((sum, { sizeBytes }) => sum + (sizeBytes ?? 0), 0),
    idleRules,
  };
}
