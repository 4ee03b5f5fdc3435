import { operations } from "@/lib/contracts/operations";
import { answer, defineRoute } from "@/lib/http/define-route";
import { readGuest } from "@/lib/services/list-guests";

export const { GET, POST, PUT, PATCH, DELETE } = defineRoute({
  GET: answer(operations.readGuest, ({ params, now }) => readGuest(params.guestId, now)),
});
