import { operations } from "@/lib/contracts/operations";
import { answer, defineRoute } from "@/lib/http/define-route";
import { readOverview } from "@/lib/services/read-overview";

export const { GET, POST, PUT, PATCH, DELETE } = defineRoute({
  GET: answer(operations.readOverview, ({ now }) => readOverview(now)),
});
