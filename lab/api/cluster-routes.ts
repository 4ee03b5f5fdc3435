import { nodeAddress } from "../estate/host-files";
import { findGuest, type Guest, guestName, listGuests } from "../state/guests";
import { listTasks, type Task } from "../tasks/task-store";
import { isAllowed, privilegesAt, signIn } from "./access";
import { ApiError, parameterError } from "./api-error";
import { cpuCount, guestFigures, guestMarks, nodeFigures, poolOf, storageSpace } from "./figures";
import { type Call, type Handler, optionalNumber, optionalText, text } from "./handler";

const version = { version: "9.2.11", release: "9.2", repoid: "14a22df35955d97d" };

const getVersion: Handler = () => ({ data: version });

const createTicket: Handler = ({ estate, server, parameters }) => {
  const data = signIn(estate, server.secret, String(parameters.username), String(parameters.password));
  return { data };
};

const aclPaths = ["/", "/access", "/access/groups", "/nodes", "/pool", "/sdn", "/storage", "/vms"];

const getPermissions: Handler = (call) => {
  const narrow = optionalText(call, "path");
  const inPools = call.estate.pools.flatMap((pool) => pool.members.map((vmid) => `/vms/${vmid}`));
  const granted = call.caller.grants.map((grant) => grant.path);
  const paths = narrow === undefined ? [...aclPaths, ...inPools, ...granted] : [narrow];
  const entries = [...new Set(paths)].flatMap((path) => {
    const held = privilegesAt(call.caller, path);
    return held.length > 0 ? [[path, Object.fromEntries(held.map((privilege) => [privilege, 1]))]] : [];
  });
  return { data: Object.fromEntries(entries) };
};

function guestResource(call: Call, guest: Guest) {
  const { directory, estate, caller } = call;
  const member = poolOf(estate, guest.vmid);
  const pool = member !== undefined && isAllowed(caller, `/pool/${member}`, "Pool.Audit") ? member : undefined;
  return {
    ...guestFigures(directory, guest),
    ...guestMarks(guest),
    ...(pool === undefined ? {} : { pool }),
    id: `${guest.type}/${guest.vmid}`,
    type: guest.type,
    node: guest.node,
    template: 0,
    maxcpu: cpuCount(guest),
    memhost: 0,
  };
}

/** Of a guest on a node that does not answer, nothing but its place is known. */
function guestOrUnknown(call: Call, guest: Guest) {
  if (!call.downNodes.includes(guest.node)) return guestResource(call, guest);
  const { type, vmid, node } = guest;
  return { id: `${type}/${vmid}`, type, vmid, node, status: "unknown" };
}

function nodeResource({ directory, caller, downNodes }: Call, node: string) {
  if (downNodes.includes(node)) return { id: `node/${node}`, type: "node", node, status: "offline" };
  const mayAudit = isAllowed(caller, `/nodes/${node}`, "Sys.Audit");
  const figures = mayAudit ? nodeFigures(directory) : {};
  return { ...figures, id: `node/${node}`, type: "node", node, status: "online", level: "", "cgroup-mode": 2 };
}

function storageResources({ directory, estate, caller, downNodes }: Call) {
  return estate.nodes.flatMap((node) =>
    estate.storages
      .filter(({ storage }) => isAllowed(caller, `/storage/${storage}`, "Datastore.Audit", "Datastore.AllocateSpace"))
      .map((storage) => {
        const space = downNodes.includes(node) ? undefined : storageSpace(directory, node, storage);
        return {
          id: `storage/${node}/${storage.storage}`,
          type: "storage",
          plugintype: storage.type,
          storage: storage.storage,
          node,
          shared: 0,
          content: storage.content,
          status: space ? "available" : "unknown",
          ...(space ? { disk: space.used, maxdisk: space.total } : {}),
        };
      }),
  );
}

function poolResources(call: Call) {
  return call.estate.pools
    .filter((pool) => isAllowed(call.caller, `/pool/${pool.poolid}`, "Pool.Audit"))
    .map(({ poolid, members }) => {
      const figures = members.flatMap((vmid) => {
        const guest = findGuest(call.directory, vmid);
        return guest ? [guestResource(call, guest)] : [];
      });
      const running = figures.filter((guest) => guest.status === "running");
      const sum = (key: "mem" | "maxmem" | "maxcpu" | "cpu") => running.reduce((total, guest) => total + guest[key], 0);
      const uptime = Math.max(0, ...running.map((guest) => guest.uptime));
      const sums = { mem: sum("mem"), maxmem: sum("maxmem"), maxcpu: sum("maxcpu"), cpu: sum("cpu"), uptime };
      return { id: `/pool/${poolid}`, type: "pool", pool: poolid, ...sums };
    });
}

/** The zone every node has (Proxmox VE 9). */
function networkResources({ estate, caller }: Call) {
  if (!isAllowed(caller, "/sdn/zones/localnetwork", "SDN.Audit")) return [];
  const zone = { type: "network", network: "localnetwork", "network-type": "zone", status: "ok" };
  return estate.nodes.map((node) => ({ ...zone, node, id: `network/${node}/zone/localnetwork` }));
}

const getResources: Handler = (call) => {
  const type = optionalText(call, "type");
  const isWanted = (kind: string) => type === undefined || type === kind;
  const guests = listGuests(call.directory).filter((guest) => isAllowed(call.caller, `/vms/${guest.vmid}`, "VM.Audit"));
  return {
    data: [
      ...(type === undefined ? poolResources(call) : []),
      ...(isWanted("vm") ? guests.map((guest) => guestOrUnknown(call, guest)) : []),
      ...(isWanted("node") ? call.estate.nodes.map((node) => nodeResource(call, node)) : []),
      ...(isWanted("storage") ? storageResources(call) : []),
      ...(type === undefined ? networkResources(call) : []),
    ],
  };
};

const getStatus: Handler = ({ estate, downNodes }) => {
  const { clusterName, nodes } = estate;
  const members = nodes.map((name, index) => ({
    type: "node",
    id: `node/${name}`,
    name,
    nodeid: clusterName ? index + 1 : 0,
    ip: nodeAddress(index),
    local: index === 0 ? 1 : 0,
    online: downNodes.includes(name) ? 0 : 1,
    level: "",
  }));
  if (!clusterName) return { data: members };
  const cluster = { type: "cluster", id: "cluster", name: clusterName, nodes: nodes.length, version: 2, quorate: 1 };
  return { data: [cluster, ...members] };
};

const getClusterTasks: Handler = ({ directory, estate, caller }) => {
  const tasks = estate.nodes.flatMap((node) => {
    const { active, archived } = listTasks(directory, node);
    return [...active, ...archived.slice(0, 25)];
  });
  const visible = tasks.filter((task) => isAllowed(caller, "/", "Sys.Audit") || isOwnTask(task, caller));
  return { data: visible.toSorted((a, b) => b.startedAtSeconds - a.startedAtSeconds).map(clusterTaskEntry) };
};

/** A running task has no status here, and a finished one no pid. */
function clusterTaskEntry(task: Task) {
  const [user, tokenid] = task.user.split("!");
  const { upid, node, type, id } = task;
  const common = {
    upid,
    node,
    type,
    id,
    user,
    starttime: task.startedAtSeconds,
    ...(tokenid === undefined ? {} : { tokenid }),
  };
  if (task.isRunning) return { ...common, pid: task.pid };
  return { ...common, endtime: task.endedAtSeconds, status: task.exitStatus, saved: "1" };
}

export function isOwnTask(task: { user: string }, caller: { userid: string; tokenId: string | undefined }): boolean {
  return task.user === caller.tokenId || task.user.split("!")[0] === caller.userid;
}

const getNextId: Handler = (call) => {
  const asked = optionalNumber(call, "vmid");
  const taken = new Set(listGuests(call.directory).map((guest) => guest.vmid));
  if (asked !== undefined) {
    if (taken.has(asked)) throw parameterError({ vmid: `VM ${asked} already exists` });
    return { data: asked };
  }
  let vmid = 100;
  while (taken.has(vmid)) vmid++;
  return { data: String(vmid) };
};

const getOptions: Handler = () => ({ data: { keyboard: "de", mac_prefix: "BC:24:11" } });

const getNotBackedUp: Handler = ({ directory, caller }) => {
  const guests = listGuests(directory).filter((guest) => isAllowed(caller, `/vms/${guest.vmid}`, "VM.Audit"));
  return { data: guests.map((guest) => ({ vmid: guest.vmid, name: guestName(guest), type: guest.type })) };
};

const getPools: Handler = (call) => {
  const poolid = optionalText(call, "poolid");
  const visible = call.estate.pools.filter((pool) => isAllowed(call.caller, `/pool/${pool.poolid}`, "Pool.Audit"));
  if (poolid === undefined) return { data: visible.map(({ poolid: id, comment }) => ({ poolid: id, comment })) };
  return { data: [poolWithMembers(call, poolid)] };
};

const getPool: Handler = (call) => ({ data: poolWithMembers(call, text(call, "poolid")) });

function poolWithMembers(call: Call, poolid: string) {
  const pool = call.estate.pools.find((candidate) => candidate.poolid === poolid);
  if (!pool) throw new ApiError(500, `no such pool '${poolid}'\n`);
  const members = pool.members.flatMap((vmid) => {
    const guest = findGuest(call.directory, vmid);
    if (!guest) return [];
    const { pool: _pool, tags: _tags, ...resource } = { tags: "", ...guestResource(call, guest) };
    return [resource];
  });
  return { poolid, comment: pool.comment, members };
}

export const clusterRoutes: Record<string, Handler> = {
  "GET /version": getVersion,
  "POST /access/ticket": createTicket,
  "GET /access/permissions": getPermissions,
  "GET /cluster/resources": getResources,
  "GET /cluster/status": getStatus,
  "GET /cluster/tasks": getClusterTasks,
  "GET /cluster/nextid": getNextId,
  "GET /cluster/options": getOptions,
  "GET /cluster/backup": () => ({ data: [] }),
  "GET /cluster/backup-info": () => ({ data: [{ subdir: "not-backed-up" }] }),
  "GET /cluster/backup-info/not-backed-up": getNotBackedUp,
  "GET /nodes/{node}/version": getVersion,
  "GET /pools": getPools,
  "GET /pools/{poolid}": getPool,
};
