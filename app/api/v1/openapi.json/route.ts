import { operations } from "@/lib/contracts/operations";
import { answer, defineRoute } from "@/lib/http/define-route";
import { openApiDocument } from "@/lib/http/open-api";

export const { GET, POST, PUT, PATCH, DELETE } = defineRoute({
  GET: answer(operations.readOpenApi, async () => ({ ...openApiDocument() })),
});
