import { operations } from "@/lib/contracts/operations";
import { answer, defineRoute } from "@/lib/http/define-route";
import { summarizeRun } from "@/lib/services/list-runs";
import { startRun } from "@/lib/services/start-run";

/** Starts a run now. 202: it is queued; its life is told by the event stream. */
export const { GET, POST, PUT, PATCH, DELETE } = defineRoute({
  POST: answer(operations.startRun, async ({ params, body, session, now }) =>
    summarizeRun(
      await startRun({
        policyId: params.policyId,
        guestIds: body.guestIds,
        trigger: session.via === "token" ? "api" : "user",
        requestedBy: session.user.name,
        now,
      }),
    ),
  ),
});
