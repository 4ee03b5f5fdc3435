import { operations } from "@/lib/contracts/operations";
import { answer, defineRoute } from "@/lib/http/define-route";
import { pausePolicy } from "@/lib/services/pause-policy";

export const { GET, POST, PUT, PATCH, DELETE } = defineRoute({
  POST: answer(operations.pausePolicy, ({ params, body, now }) =>
    pausePolicy(params.policyId, body.until === null ? null : new Date(body.until), now),
  ),
});
