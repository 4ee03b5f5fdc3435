import { operations } from "@/lib/contracts/operations";
import { answer, defineRoute } from "@/lib/http/define-route";
import { readRun } from "@/lib/services/read-run";

export const { GET, POST, PUT, PATCH, DELETE } = defineRoute({
  GET: answer(operations.readRun, ({ params, now }) => readRun(params.runId, now)),
});
