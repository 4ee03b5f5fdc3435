import { join } from "node:path";

/** Where the lab keeps things below its one directory. Every process of the lab finds them by this file alone. */
export function labPlaces(directory: string) {
  const cluster = join(directory, "cluster");
  return {
    directory,
    labFile: join(directory, "lab.json"),
    settings: join(cluster, "settings.json"),
    estate: join(cluster, "estate.json"),
    /** Stands once the estate is laid down in full. */
    estateMarker: join(cluster, "complete"),
    guests: join(cluster, "guests"),
    status: join(cluster, "status"),
    faults: join(cluster, "faults.json"),
    clock: join(cluster, "clock.json"),
    certificate: join(cluster, "api-certificate.pem"),
    certificateKey: join(cluster, "api-certificate.key"),
    remotes: join(directory, "remotes"),
    nodes: join(directory, "nodes"),
  };
}

/** A node's own files. Its made-up root holds what a real node has at the same path. */
export function nodePlaces(directory: string, node: string) {
  const home = join(directory, "nodes", node);
  const root = join(home, "root");
  return {
    home,
    root,
    launcher: join(home, "vzdump"),
    stateDirectory: join(home, "worker-state"),
    volumes: join(home, "volumes"),
    mappedIds: join(home, "mapped-ids"),
    pmxcfs: join(root, "etc/pve"),
    configDatabase: join(root, "var/lib/pve-cluster/config.db"),
    dumpDirectory: join(root, "var/lib/vz/dump"),
    guestLogs: join(root, "var/log/vzdump"),
    tasks: join(root, "var/log/pve/tasks"),
    runningJob: join(root, "var/run/vzdump.pid"),
  };
}
