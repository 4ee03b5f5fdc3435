import { operations } from "@/lib/contracts/operations";
import { answer, defineRoute } from "@/lib/http/define-route";
import { listNodes } from "@/lib/services/list-nodes";

export const { GET, POST, PUT, PATCH, DELETE } = defineRoute({
  GET: answer(operations.listNodes, ({ now }) => listNodes(now)),
});
