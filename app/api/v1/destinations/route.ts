import { operations } from "@/lib/contracts/operations";
import { answer, defineRoute } from "@/lib/http/define-route";
import { listDestinations } from "@/lib/services/list-destinations";
import { createDestination } from "@/lib/services/save-destination";

export const { GET, POST, PUT, PATCH, DELETE } = defineRoute({
  GET: answer(operations.listDestinations, ({ now }) => listDestinations(now)),
  POST: answer(operations.createDestination, ({ body }) => createDestination(body)),
});
