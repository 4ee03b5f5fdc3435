import { AppError } from "@/lib/domain/errors";
import { problemResponse, toRefusal } from "./problem";

/** What no route answers: a problem like any other, not a page. */
export async function refuseUnknownPath(request: Request): Promise<Response> {
  const { pathname } = new URL(request.url);
  return problemResponse(toRefusal(new AppError("not_found", `There is nothing at ${pathname.slice(0, 200)}.`)));
}
