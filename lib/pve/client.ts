import { type Proxmox, proxmoxApi } from "proxmox-api";
import { config } from "@/lib/config";
import { AppError } from "@/lib/domain/errors";
import { once } from "@/lib/once";
import { type CallOptions, createEngine, type PveConnection } from "./engine";
import { pinnedAgent, publicAgent } from "./pinned-agent";

/** proxmox-api's typed proxy: `api.nodes.$("pve1").lxc.$get()`. Its types are of PVE 8.2; what we rely on is parsed. */
export type PveApi = Proxmox.Api;

export type PveClient = {
  /** The proxy, its calls bound to a signal and a time-out. */
  api(options?: CallOptions): PveApi;
  close(): Promise<void>;
};

export function connectPve(connection: PveConnection): PveClient {
  if (!connection.url.startsWith("https://")) {
    throw new AppError(
      "invalid_input",
      "The address of Proxmox must begin with https://: its token travels with each call.",
    );
  }
  const agent = connection.fingerprint ? pinnedAgent(connection.fingerprint) : publicAgent();
  return {
    api: (options) => proxmoxApi(createEngine(connection, agent, options)),
    close: () => agent.destroy(),
  };
}

/** The cluster the environment names. Fails with not_possible when it names none. */
export const configuredPve = once((): PveClient => {
  const { url, tokenId, tokenSecret, fingerprint } = config().pve;
  if (!url || !tokenId || !tokenSecret) {
    throw new AppError(
      "not_possible",
      "No Proxmox cluster is configured: PVE_URL, PVE_TOKEN_ID and PVE_TOKEN_SECRET are needed.",
    );
  }
  return connectPve({ url, tokenId, tokenSecret, fingerprint });
});
