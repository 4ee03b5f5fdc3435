import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import type { RetentionPreviewBody, SchedulePreviewBody } from "@/lib/contracts/previews";
import { sendJson } from "./api";

const contracts = () => import("@/lib/contracts/previews");

export const previewQueries = {
  /** The next times of a schedule, and its expression in words. */
  schedule: (body: SchedulePreviewBody) =>
    queryOptions({
      queryKey: ["previews", "schedule", body] as const,
      queryFn: () =>
        sendJson("POST", "/api/v1/schedules/preview", body, async () => (await contracts()).schedulePreviewSchema),
      enabled: body.expression.trim() !== "",
      staleTime: 60_000,
      placeholderData: keepPreviousData,
      retry: false,
    }),

  /** What a guest's points at one destination become under given rules. */
  retention: (body: RetentionPreviewBody | null) =>
    queryOptions({
      queryKey: ["previews", "retention", body] as const,
      queryFn: () =>
        sendJson("POST", "/api/v1/retention/preview", body, async () => (await contracts()).retentionPreviewSchema),
      enabled: body !== null,
      staleTime: 60_000,
      placeholderData: keepPreviousData,
      retry: false,
    }),
};
