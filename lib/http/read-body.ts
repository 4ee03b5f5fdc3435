import { HttpRefusal } from "./http-refusal";

/** Room for a preview of ten thousand points. */
const maxBodyBytes = 4 * 1024 * 1024;

/** The JSON of a request's body; an empty body counts as an empty object, so that a call without options needs none. */
export async function readJsonBody(request: Request): Promise<unknown> {
  const text = await readText(request);
  if (text.trim() === "") return {};
  const mediaType = request.headers.get("content-type")?.split(";")[0]?.trim().toLowerCase();
  if (mediaType !== "application/json") {
    throw new HttpRefusal(400, "invalid_input", "The body must be sent as application/json.", {
      fields: { "content-type": "must be application/json" },
    });
  }
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new HttpRefusal(400, "invalid_input", "The body is not JSON.", {
      cause,
      fields: { "(body)": "is not JSON" },
    });
  }
}

async function readText(request: Request): Promise<string> {
  const chunks: Uint8Array[] = [];
  let sizeBytes = 0;
  for await (const chunk of (request.body ?? []) as AsyncIterable<Uint8Array>) {
    sizeBytes += chunk.byteLength;
    if (sizeBytes > maxBodyBytes) {
      throw new HttpRefusal(413, "invalid_input", "The body is larger than 4 MiB.", {
        fields: { "(body)": "is larger than 4 MiB" },
      });
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}
