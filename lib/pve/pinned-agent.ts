import type { TLSSocket } from "node:tls";
import { Agent, buildConnector } from "undici";
import { AppError } from "@/lib/domain/errors";

const connectTimeoutMs = 10_000;

/** "AA:BB…" or "aabb…" in one form. */
const digits = (fingerprint: string) => fingerprint.replaceAll(":", "").toUpperCase();

/**
 * An agent that talks only to the server whose certificate has this SHA-256 fingerprint, whoever signed it: Proxmox
 * serves a certificate of its own authority. It is compared before the first byte of a request, token included, leaves.
 */
export function pinnedAgent(fingerprint: string): Agent {
  // A resumed session would bring no certificate to compare.
  const connect = buildConnector({ rejectUnauthorized: false, maxCachedSessions: 0, timeout: connectTimeoutMs });
  return new Agent({
    connect: (options, callback) =>
      connect(options, (error, socket) => {
        if (error) return callback(error, null);
        const seen = (socket as TLSSocket).getPeerX509Certificate?.()?.fingerprint256 ?? "";
        if (digits(seen) === digits(fingerprint)) return callback(null, socket);
        socket.destroy();
        return callback(untrusted(options.hostname), null);
      }),
  });
}

/** An agent that trusts the authorities of the system. */
export function publicAgent(): Agent {
  return new Agent({ connect: { timeout: connectTimeoutMs } });
}

function untrusted(host: string): AppError {
  return new AppError("cluster_unreachable", `The certificate of ${host} is not the one you trusted.`, {
    safe: "No data was sent.",
    action: "Compare fingerprint",
  });
}
