import { openStream } from "./api";
import { createStreamParser, reconnectDelayMs, type StreamMessage } from "./stream-parser";

/** Longer than two beats of 10 s: the connection is dead though nobody said so. */
const silenceMs = 25_000;
/** A tab that crashed cannot say goodbye; its topics are dropped after this. */
const tabForgottenMs = 60_000;
const announceEveryMs = 20_000;

type Between =
  | { kind: "message"; message: StreamMessage }
  | { kind: "topics"; tab: string; topics: string[] }
  | { kind: "gone"; tab: string }
  | { kind: "who" }
  | { kind: "retry" };

export type LiveStream = {
  setTopics: (topics: readonly string[]) => void;
  /** Connects now instead of after the back-off. */
  retry: () => void;
  close: () => void;
};

/**
 * The one event stream of this browser. HTTP/1.1 allows six connections per origin, so a second stream per tab would
 * starve its requests: the tabs elect a leader through a Web Lock, it holds the stream for the topics of all, and passes
 * each message on by BroadcastChannel. Without a secure context there are no locks, and each tab leads itself.
 */
export function openLiveStream(
  path: string,
  topics: readonly string[],
  onMessage: (message: StreamMessage) => void,
): LiveStream {
  const tab = `${Date.now().toString(36)}-${Math.random().toString(36).slice(2)}`;
  const channel = typeof BroadcastChannel === "undefined" ? null : new BroadcastChannel("undercroft-live");
  const closed = new AbortController();
  const otherTabs = new Map<string, { topics: string[]; seenAt: number }>();
  let ownTopics = [...topics];
  let isLeading = false;
  let connectedTopics = "";
  let lastEventId: string | null = null;
  let restart: () => void = () => undefined;

  const say = (between: Between) => channel?.postMessage(between);
  const announce = () => say({ kind: "topics", tab, topics: ownTopics });

  const wantedTopics = () => {
    const all = new Set(ownTopics);
    for (const [name, other] of otherTabs) {
      if (Date.now() - other.seenAt > tabForgottenMs) otherTabs.delete(name);
      else for (const topic of other.topics) all.add(topic);
    }
    return [...all].sort().slice(0, 20).join(",");
  };
  const restartIfTopicsChanged = () => {
    if (isLeading && wantedTopics() !== connectedTopics) restart();
  };

  channel?.addEventListener("message", ({ data }: MessageEvent<Between>) => {
    switch (data.kind) {
      case "message":
        if (data.message.id) lastEventId = data.message.id;
        onMessage(data.message);
        break;
      case "topics":
        otherTabs.set(data.tab, { topics: data.topics, seenAt: Date.now() });
        restartIfTopicsChanged();
        break;
      case "gone":
        otherTabs.delete(data.tab);
        restartIfTopicsChanged();
        break;
      case "who":
        announce();
        break;
      case "retry":
        restart();
        break;
      default:
        data satisfies never;
    }
  });

  /** One connection, from its opening to its end. Resolves to true when it ended because it should begin anew at once. */
  const connectOnce = async (onHeard: () => void): Promise<boolean> => {
    const connection = new AbortController();
    let isRestart = false;
    restart = () => {
      isRestart = true;
      connection.abort();
    };
    closed.signal.addEventListener("abort", () => connection.abort(), { signal: connection.signal });
    let watchdog = setTimeout(() => connection.abort(), silenceMs);
    const parse = createStreamParser((message) => {
      clearTimeout(watchdog);
      watchdog = setTimeout(() => connection.abort(), silenceMs);
      if (message.id) lastEventId = message.id;
      onHeard();
      onMessage(message);
      say({ kind: "message", message });
    });
    try {
      connectedTopics = wantedTopics();
      const response = await openStream(`${path}?topics=${connectedTopics}`, lastEventId, connection.signal);
      const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
      for (let piece = await reader?.read(); piece && !piece.done; piece = await reader?.read()) parse(piece.value);
      return isRestart;
    } catch {
      // Refused, cut or aborted: each is answered by the next attempt, and shown by the freshness indicator.
      return isRestart;
    } finally {
      clearTimeout(watchdog);
      connection.abort();
    }
  };

  const lead = async () => {
    isLeading = true;
    say({ kind: "who" });
    let attempt = 0;
    while (!closed.signal.aborted) {
      const isRestart = await connectOnce(() => {
        attempt = 0;
      });
      if (isRestart || closed.signal.aborted) continue;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, reconnectDelayMs(attempt++, Math.random()));
        restart = () => {
          clearTimeout(timer);
          resolve();
        };
        closed.signal.addEventListener("abort", restart, { once: true });
      });
    }
  };

  const announcing = setInterval(announce, announceEveryMs);
  const leaving = () => say({ kind: "gone", tab });
  addEventListener("pagehide", leaving);
  const returning = () => restart();
  addEventListener("online", returning);

  // The lock is held as long as the promise of `lead` is open; asking for it is refused only when the page goes.
  if (navigator.locks)
    navigator.locks.request("undercroft-live", { signal: closed.signal }, lead).catch(() => undefined);
  else lead().catch(() => undefined);

  return {
    setTopics: (wanted) => {
      ownTopics = [...wanted];
      announce();
      restartIfTopicsChanged();
    },
    retry: () => {
      restart();
      say({ kind: "retry" });
    },
    close: () => {
      clearInterval(announcing);
      removeEventListener("pagehide", leaving);
      removeEventListener("online", returning);
      leaving();
      closed.abort();
      channel?.close();
    },
  };
}
