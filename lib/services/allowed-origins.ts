import { config } from "@/lib/config";

/** Origins this product's own pages may have: the configured one, and the other name of the loopback address. */
export function allowedOrigins(): string[] {
  const { origin, hostname, protocol, port } = new URL(config().url);
  const twin = { localhost: "127.0.0.1", "127.0.0.1": "localhost" }[hostname];
  return twin === undefined ? [origin] : [origin, `${protocol}//${twin}${port ? `:${port}` : ""}`];
}
