import { operations } from "@/lib/contracts/operations";
import { answer, defineRoute } from "@/lib/http/define-route";
import { cancelRun } from "@/lib/services/cancel-run";
import { summarizeRun } from "@/lib/services/list-runs";

/** 202: the wish is noted; how the run ends is told by the event stream. */
export const { GET, POST, PUT, PATCH, DELETE } = defineRoute({
  POST: answer(operations.cancelRun, async ({ params, body, session, now }) =>
    summarizeRun(await cancelRun({ runId: params.runId, mode: body.mode, by: session.user.name, now })),
  ),
});
