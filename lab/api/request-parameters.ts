import { ApiError, parameterError } from "./api-error";

export type RawParameters = Record<string, string | string[]>;

/**
 * All parameters of a call: body, then query, then path. The query wins over the body; a path parameter given again
 * with another value is an error (pve-http-server, AnyEvent.pm).
 */
export function collectParameters(
  query: string,
  contentType: string | undefined,
  body: string,
  pathParameters: Record<string, string>,
): RawParameters {
  const parameters: RawParameters = { ...parseBody(contentType, body), ...grouped(query) };
  for (const [name, value] of Object.entries(pathParameters)) {
    if (parameters[name] !== undefined && parameters[name] !== value) {
      throw parameterError({ [name]: "duplicate parameter (already defined in URI) with conflicting values!" });
    }
    parameters[name] = value;
  }
  return parameters;
}

function parseBody(contentType: string | undefined, body: string): RawParameters {
  const [mediaType = ""] = (contentType ?? "").split(";");
  const kind = mediaType.trim().toLowerCase();
  if (kind === "application/json") return body === "" ? {} : fromJson(body);
  if (kind === "" || kind === "application/x-www-form-urlencoded") return grouped(body);
  throw new ApiError(506, `upload 'Content-Type '${kind}' not implemented`, { body: "plain" });
}

function fromJson(body: string): RawParameters {
  let parsed: unknown;
  try {
    parsed = JSON.parse(body);
  } catch {
    const place = `at character offset ${body.length} (before "(end of string)")`;
    throw new ApiError(
      500,
      `malformed JSON string, neither tag, array, object, number, string or atom, ${place} at /usr/share/perl5/PVE/APIServer/AnyEvent.pm line 934.`,
      { body: "plain" },
    );
  }
  const values = Object.entries(parsed as Record<string, unknown>);
  return Object.fromEntries(
    values.map(([name, value]) => [name, Array.isArray(value) ? value.map(asText) : asText(value)]),
  );
}

const asText = (value: unknown) => (typeof value === "boolean" ? String(Number(value)) : String(value));

/**
 * Pairs of a query or a form, as the real server reads them: the value ends at a second, unescaped equals sign. A name
 * given several times is a list.
 */
function grouped(encoded: string): RawParameters {
  const lists: Record<string, string[]> = {};
  for (const pair of encoded.replace(/^\?/, "").split(/[&;]/).filter(Boolean)) {
    const [name = "", value = ""] = pair.split("=").map((part) => decodeURIComponent(part.replaceAll("+", " ")));
    lists[name] = [...(lists[name] ?? []), value];
  }
  return Object.fromEntries(
    Object.entries(lists).map(([name, values]) => [name, values.length > 1 ? values : (values[0] ?? "")]),
  );
}
