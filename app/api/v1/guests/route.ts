import { operations } from "@/lib/contracts/operations";
import { answer, defineRoute } from "@/lib/http/define-route";
import { listGuests } from "@/lib/services/list-guests";

export const { GET, POST, PUT, PATCH, DELETE } = defineRoute({
  GET: answer(operations.listGuests, ({ query, now }) => listGuests(query, now)),
});
