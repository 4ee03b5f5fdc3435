import { operations } from "@/lib/contracts/operations";
import { answer, defineRoute } from "@/lib/http/define-route";
import { describeSession } from "@/lib/services/describe-session";

export const { GET, POST, PUT, PATCH, DELETE } = defineRoute({
  GET: answer(operations.readSession, async ({ session, now }) => describeSession(session, now)),
});
