import { operations } from "@/lib/contracts/operations";
import { answer, defineRoute } from "@/lib/http/define-route";
import { listPolicies } from "@/lib/services/list-policies";
import { createPolicy } from "@/lib/services/save-policy";

export const { GET, POST, PUT, PATCH, DELETE } = defineRoute({
  GET: answer(operations.listPolicies, ({ now }) => listPolicies(now)),
  POST: answer(operations.createPolicy, ({ body, now }) => createPolicy(body, now)),
});
