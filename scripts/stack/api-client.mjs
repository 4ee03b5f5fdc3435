/** Calls the product's REST API with a token: `call("POST", "/policies", body)` resolves to the JSON of the answer. */
export function createApiClient(origin, apiToken, signal) {
  return async function call(method, path, body) {
    const response = await fetch(`${origin}/api/v1${path}`, {
      method,
      headers: {
        authorization: `Bearer ${apiToken}`,
        ...(body !== undefined && { "content-type": "application/json" }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      signal,
    });
    const text = await response.text();
    if (!response.ok)
      throw new Error(`${method} /api/v1${path} was answered ${response.status}: ${text.slice(0, 500)}`);
    return JSON.parse(text);
  };
}
