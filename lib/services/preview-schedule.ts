import type { z } from "zod";
import type { SchedulePreview, schedulePreviewBodySchema } from "@/lib/contracts/previews";
import { describeNextEvents } from "@/lib/domain/schedule";
import { describeSchedule } from "@/lib/domain/schedule-words";
import { requireSchedule, requireTimeZone } from "./require-schedule";

/** When a schedule is due, by the function that also delivers it. Fails with invalid_input that names the field. */
export function previewSchedule(
  { expression, timeZone, from, count }: z.output<typeof schedulePreviewBodySchema>,
  now: Date,
): SchedulePreview {
  const schedule = requireSchedule(expression, "expression");
  requireTimeZone(timeZone);
  const after = from === undefined ? now : new Date(from);
  return {
    kind: schedule.kind,
    words: describeSchedule(schedule),
    events: describeNextEvents(schedule, { after, timeZone, count }).map(({ at, ...event }) => ({
      ...event,
      at: at.toISOString(),
    })),
    serverTime: now.toISOString(),
  };
}
