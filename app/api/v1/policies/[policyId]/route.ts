import { operations } from "@/lib/contracts/operations";
import { answer, defineRoute } from "@/lib/http/define-route";
import { readPolicy } from "@/lib/services/list-policies";
import { changePolicy, endPolicy } from "@/lib/services/save-policy";

export const { GET, POST, PUT, PATCH, DELETE } = defineRoute({
  GET: answer(operations.readPolicy, ({ params, now }) => readPolicy(params.policyId, now)),
  PATCH: answer(operations.changePolicy, ({ params, body, now }) => changePolicy(params.policyId, body, now)),
  DELETE: answer(operations.deletePolicy, ({ params, now }) => endPolicy(params.policyId, now)),
});
