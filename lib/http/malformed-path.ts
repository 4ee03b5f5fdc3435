import { HttpRefusal } from "./http-refusal";
import { problemResponse, toRefusal } from "./problem";

/** A refusal for a path that cannot be decoded ("%zz"), which Next would answer with 500; undefined for any other. */
export function refuseMalformedPath(pathname: string): Response | undefined {
  try {
    decodeURIComponent(pathname);
    return undefined;
  } catch (cause) {
    const fields = { "(path)": "cannot be decoded" };
    return problemResponse(
      toRefusal(new HttpRefusal(400, "invalid_input", "The address is malformed.", { cause, fields })),
    );
  }
}
