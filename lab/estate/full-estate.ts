import type { EstatePlan } from "./estate-plan";
import { containers } from "./full-estate-containers";
import { vms } from "./full-estate-vms";

/** Two nodes with ten guests of every sort that a backup treats differently. About 500 MiB. */
export const fullEstate: EstatePlan = {
  estate: {
    clusterName: "lab",
    nodes: ["pve1", "pve2"],
    storages: [
      { storage: "local", type: "dir", path: "/var/lib/vz", content: "iso,vztmpl,backup,snippets,rootdir,images" },
      { storage: "local-zfs", type: "zfspool", pool: "rpool/data", content: "images,rootdir" },
    ],
    pools: [{ poolid: "production", comment: "What must not be lost", members: [101, 102, 105, 200] }],
    shutdownMs: 400,
    startMs: 300,
  },
  guests: [...containers, ...vms],
};
