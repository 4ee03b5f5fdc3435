import { operations } from "@/lib/contracts/operations";
import { answer, defineRoute } from "@/lib/http/define-route";
import { summarizeRun } from "@/lib/services/list-runs";
import { retryRun } from "@/lib/services/retry-run";

export const { GET, POST, PUT, PATCH, DELETE } = defineRoute({
  POST: answer(operations.retryRun, async ({ params, body, now }) =>
    summarizeRun(await retryRun({ runId: params.runId, stepIds: body.stepIds, now })),
  ),
});
