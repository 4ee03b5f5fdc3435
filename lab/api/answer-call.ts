import type { IncomingHttpHeaders } from "node:http";
import type { ApiFault } from "../faults";
import { readEstate } from "../state/estate";
import { authenticate, type Caller, requirePrivilege } from "./access";
import { ApiError } from "./api-error";
import { backupRoutes } from "./backup-routes";
import { checkParameters } from "./check-parameters";
import { clusterRoutes } from "./cluster-routes";
import { contentRoutes } from "./content-routes";
import { type FoundEndpoint, findEndpoint } from "./find-endpoint";
import { guestRoutes } from "./guest-routes";
import type { Answer, Handler } from "./handler";
import { nodeRoutes } from "./node-routes";
import { collectParameters } from "./request-parameters";
import { restoreRoutes } from "./restore-routes";
import { storageRoutes } from "./storage-routes";
import { taskRoutes } from "./task-routes";

const routes: Record<string, Handler> = {
  ...clusterRoutes,
  ...nodeRoutes,
  ...guestRoutes,
  ...storageRoutes,
  ...contentRoutes,
  ...taskRoutes,
  ...backupRoutes,
  ...restoreRoutes,
};

export type ApiRequest = {
  method: string;
  /** Decoded, below /api2/json. */
  path: string;
  /** As in the URL, still encoded. */
  query: string;
  headers: IncomingHttpHeaders;
  body: string;
};

/** One call through the doors of the real server, in its order: who, what, may they, does the node exist, parameters. */
export async function answerCall(
  directory: string,
  server: { fingerprint: string; secret: string },
  request: ApiRequest,
  faults: readonly ApiFault[],
): Promise<Answer> {
  const { method, path, headers } = request;
  const estate = readEstate(directory);
  const isSignIn = method === "POST" && path === "/access/ticket";
  const nobody: Caller = { userid: "", tokenId: undefined, grants: [] };
  const caller = isSignIn ? nobody : authenticate(estate, server.secret, method, headers);
  const found = findEndpoint(method, path);
  const handler = found && routes[`${method} ${found.endpoint.path}`];
  if (!found || !handler) throw new ApiError(501, `Method '${method} ${path}' not implemented`);

  const given = collectParameters(request.query, headers["content-type"], request.body, found.pathParameters);
  checkPermission(caller, found);
  const { node } = found.pathParameters;
  if (found.endpoint.proxyto && node !== undefined && node !== "localhost" && !estate.nodes.includes(node)) {
    const reason = `failed to get address info for: ${node}: Name or service not known`;
    throw new ApiError(500, `hostname lookup '${node}' failed - ${reason}\n`);
  }
  const downNodes = faults.flatMap((fault) => (fault.kind === "nodeDown" ? [fault.node] : []));
  refuseUnreachable(found, faults, downNodes);
  const parameters = checkParameters(found.endpoint, given);
  if (parameters.node === "localhost") parameters.node = estate.nodes[0] ?? "";
  return await handler({ directory, estate, caller, parameters, server, downNodes });
}

/** What the proxy answers for a node or a daemon it cannot reach: a status of its own and nothing else. */
function refuseUnreachable(found: FoundEndpoint, faults: readonly ApiFault[], downNodes: readonly string[]): void {
  const { endpoint, pathParameters } = found;
  if (endpoint.proxyto && downNodes.includes(pathParameters.node ?? "")) {
    throw new ApiError(595, "No route to host", { body: "empty" });
  }
  if (endpoint.protected && faults.some((fault) => fault.kind === "daemonDown")) {
    throw new ApiError(595, "Connection refused", { body: "empty" });
  }
}

/** The checks the schema names; those that depend on more stand in the handlers. */
function checkPermission(caller: Caller, { endpoint, pathParameters }: FoundEndpoint): void {
  const check = endpoint.permissions?.check;
  if (check?.[0] !== "perm" || endpoint.permissions?.user === "all") return;
  const path = check[1].replaceAll(/\{(\w+)\}/g, (_, name: string) => pathParameters[name] ?? "");
  requirePrivilege(caller, path, ...check[2]);
}
