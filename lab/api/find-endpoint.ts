import { readFileSync } from "node:fs";

export type ParameterSchema = {
  type?: "string" | "integer" | "number" | "boolean" | "array";
  optional?: number;
  enum?: string[];
  minimum?: number;
  maximum?: number;
  minLength?: number;
  maxLength?: number;
  pattern?: string;
  format?: string | object;
  requires?: string;
};

export type PermissionCheck = ["perm", string, string[], ...unknown[]];

export type Endpoint = {
  method: string;
  path: string;
  allowtoken?: number;
  permissions?: { check?: PermissionCheck; user?: string };
  /** Forwarded to the node of the path, which therefore has to exist. */
  proxyto?: string;
  /** Handed by the proxy to the daemon that runs as root. */
  protected?: number;
  parameters: Record<string, ParameterSchema>;
};

export type FoundEndpoint = { endpoint: Endpoint; pathParameters: Record<string, string> };

/** The endpoints the lab answers, with Proxmox's own parameter schemas (pve-manager 9.2.3). */
const endpoints = JSON.parse(
  readFileSync(new URL("../fixtures/api-schema.json", import.meta.url), "utf8"),
) as Endpoint[];

const routes = endpoints.map((endpoint) => ({ endpoint, pattern: pathPattern(endpoint.path) }));

/** A volume id holds slashes: it takes the rest of the path. */
function pathPattern(path: string): RegExp {
  const source = path.replaceAll(
    /\{(\w+)\}/g,
    (_, name: string) => `(?<${name}>${name === "volume" ? ".+" : "[^/]+"})`,
  );
  return new RegExp(`^${source}$`);
}

/** Finds the endpoint of a decoded path below /api2/json. */
export function findEndpoint(method: string, path: string): FoundEndpoint | undefined {
  for (const { endpoint, pattern } of routes) {
    const match = endpoint.method === method ? pattern.exec(path) : null;
    if (match) return { endpoint, pathParameters: { ...match.groups } };
  }
  return undefined;
}
