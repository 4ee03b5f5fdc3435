/** One message of a server-sent event stream. `id` is null where the message had none of its own. */
export type StreamMessage = { id: string | null; event: string; data: string };

/**
 * Takes the text of an event stream piece by piece, cut anywhere, and hands over whole messages (WHATWG HTML, "Parsing an
 * event stream"). Comments and unknown fields are dropped, messages without data too.
 */
export function createStreamParser(onMessage: (message: StreamMessage) => void): (chunk: string) => void {
  let rest = "";
  let event = "message";
  let data: string[] = [];
  let id: string | null = null;

  const endMessage = () => {
    if (data.length > 0) onMessage({ id, event, data: data.join("\n") });
    event = "message";
    data = [];
    id = null;
  };

  const takeLine = (line: string) => {
    if (line === "") return endMessage();
    const colon = line.indexOf(":");
    if (colon === 0) return;
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? "" : line.slice(colon + 1).replace(/^ /, "");
    if (field === "data") data.push(value);
    else if (field === "event") event = value;
    else if (field === "id" && !value.includes("\0")) id = value;
  };

  return (chunk) => {
    rest += chunk;
    // A "\r" at the very end may be the first half of "\r\n"; it waits for the next piece.
    const lines = rest.split(/\r\n|\n|\r(?!$)/);
    rest = lines.pop() ?? "";
    for (const line of lines) takeLine(line);
  };
}

const delaysMs = [1000, 2000, 4000, 8000, 15_000];

/** How long to wait before the n-th new attempt (0 first): 1, 2, 4, 8, then 15 s, less up to a quarter by chance. */
export function reconnectDelayMs(attempt: number, chance: number): number {
  const delay = delaysMs[Math.min(attempt, delaysMs.length - 1)] ?? 15_000;
  return Math.round(delay * (1 - 0.25 * chance));
}
