import { operations } from "@/lib/contracts/operations";
import { answer, defineRoute } from "@/lib/http/define-route";
import { textStreamResponse } from "@/lib/http/text-stream";
import { openRunLog, readRunLog } from "@/lib/services/read-run-log";

/** A page of lines for screens; with format=text or ndjson all of it, as a download. */
export const { GET, POST, PUT, PATCH, DELETE } = defineRoute({
  GET: answer(operations.readRunLog, async ({ params, query }) => {
    if (query.format === undefined || query.format === "json") return readRunLog(params.runId, query);
    const { runNumber, pieces } = await openRunLog(params.runId, query);
    const isText = query.format === "text";
    return textStreamResponse(pieces, {
      mediaType: isText ? "text/plain" : "application/x-ndjson",
      fileName: `undercroft-run-${runNumber}.${isText ? "log" : "ndjson"}`,
    });
  }),
});
