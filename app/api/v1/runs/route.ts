import { operations } from "@/lib/contracts/operations";
import { answer, defineRoute } from "@/lib/http/define-route";
import { listRuns } from "@/lib/services/list-runs";

export const { GET, POST, PUT, PATCH, DELETE } = defineRoute({
  GET: answer(operations.listRuns, ({ query, now }) => listRuns(query, now)),
});
