import { operations } from "@/lib/contracts/operations";
import { answer, defineRoute } from "@/lib/http/define-route";
import { readRestorePoint } from "@/lib/services/list-restore-points";

export const { GET, POST, PUT, PATCH, DELETE } = defineRoute({
  GET: answer(operations.readRestorePoint, ({ params }) => readRestorePoint(params.pointId)),
});
