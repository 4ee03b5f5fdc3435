import type { PveAnswer, PveCall } from "./pve-node";

export type EstateGuest = {
  type: "qemu" | "lxc";
  vmid: number;
  node: string;
  name?: string;
  status?: string;
  tags?: string;
  pool?: string;
  config?: Record<string, unknown>;
};

type Estate = { nodes: string[]; guests: EstateGuest[]; permissions?: Record<string, Record<string, number>> };

const everything = { "/": { "VM.Audit": 1, "VM.Backup": 1, "Datastore.Audit": 1, "Sys.Audit": 1 } };

/** Answers of a cluster with these nodes and guests, for the calls that reading an inventory makes. */
export function estateAnswers({ nodes, guests, permissions = everything }: Estate): (call: PveCall) => PveAnswer {
  return ({ path }) => {
    if (path === "/nodes") return { data: nodes.map((node) => ({ node, status: "online" })) };
    if (path === "/access/permissions") return { data: permissions };
    if (path === "/cluster/resources") return { data: guests.map(({ config, ...guest }) => guest) };
    if (path.endsWith("/version")) return { data: { version: "9.2.11" } };
    const guest = guests.find(({ type, vmid, node }) => path === `/nodes/${node}/${type}/${vmid}/config`);
    if (guest) return { data: guest.config ?? {} };
    return { status: 501, statusText: `Method 'GET ${path}' not implemented` };
  };
}
