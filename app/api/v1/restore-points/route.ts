import { operations } from "@/lib/contracts/operations";
import { answer, defineRoute } from "@/lib/http/define-route";
import { listRestorePoints } from "@/lib/services/list-restore-points";

export const { GET, POST, PUT, PATCH, DELETE } = defineRoute({
  GET: answer(operations.listRestorePoints, ({ query, now }) => listRestorePoints(query, now)),
});
