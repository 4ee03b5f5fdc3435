import { operations } from "@/lib/contracts/operations";
import { answer, defineRoute } from "@/lib/http/define-route";
import { skipNextRun } from "@/lib/services/pause-policy";

export const { GET, POST, PUT, PATCH, DELETE } = defineRoute({
  POST: answer(operations.skipNextRun, ({ params, now }) => skipNextRun(params.policyId, now)),
});
