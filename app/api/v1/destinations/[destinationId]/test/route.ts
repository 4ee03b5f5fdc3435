import { operations } from "@/lib/contracts/operations";
import { answer, defineRoute } from "@/lib/http/define-route";
import { requestDestinationTest } from "@/lib/services/save-destination";

/** 202: a worker was asked; the result is the destination's `lastTest` some seconds later. */
export const { GET, POST, PUT, PATCH, DELETE } = defineRoute({
  POST: answer(operations.testDestination, ({ params, now }) => requestDestinationTest(params.destinationId, now)),
});
