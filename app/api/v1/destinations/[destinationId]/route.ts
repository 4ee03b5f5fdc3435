import { operations } from "@/lib/contracts/operations";
import { answer, defineRoute } from "@/lib/http/define-route";
import { readDestination } from "@/lib/services/list-destinations";
import { changeDestination, removeDestination } from "@/lib/services/save-destination";

export const { GET, POST, PUT, PATCH, DELETE } = defineRoute({
  GET: answer(operations.readDestination, ({ params }) => readDestination(params.destinationId)),
  PATCH: answer(operations.changeDestination, ({ params, body }) => changeDestination(params.destinationId, body)),
  DELETE: answer(operations.removeDestination, ({ params, now }) => removeDestination(params.destinationId, now)),
});
