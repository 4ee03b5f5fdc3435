import { operations } from "@/lib/contracts/operations";
import { answer, defineRoute } from "@/lib/http/define-route";
import { liveStreamResponse } from "@/lib/http/live-stream";

export const { GET, POST, PUT, PATCH, DELETE } = defineRoute({
  GET: answer(operations.openStream, async ({ query, request }) => liveStreamResponse(request, query)),
});
