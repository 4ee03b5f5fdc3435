import { operations } from "@/lib/contracts/operations";
import { answer, defineRoute } from "@/lib/http/define-route";
import { previewSchedule } from "@/lib/services/preview-schedule";

export const { GET, POST, PUT, PATCH, DELETE } = defineRoute({
  POST: answer(operations.previewSchedule, async ({ body, now }) => previewSchedule(body, now)),
});
