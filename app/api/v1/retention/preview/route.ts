import { operations } from "@/lib/contracts/operations";
import { answer, defineRoute } from "@/lib/http/define-route";
import { previewRetention } from "@/lib/services/preview-retention";

export const { GET, POST, PUT, PATCH, DELETE } = defineRoute({
  POST: answer(operations.previewRetention, ({ body }) => previewRetention(body)),
});
