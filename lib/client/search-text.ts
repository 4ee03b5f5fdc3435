type Value = string | number | boolean | readonly string[] | null | undefined;

/** "?status=failed,missed&limit=60"; empty values are left out, "" when nothing is left. */
export function searchText(values: Record<string, Value>): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(values)) {
    const text = Array.isArray(value) ? value.join(",") : String(value ?? "");
    if (text !== "") search.set(name, text);
  }
  const query = search.toString();
  return query === "" ? "" : `?${query}`;
}
