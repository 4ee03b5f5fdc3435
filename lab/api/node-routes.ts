import { arch, availableParallelism, freemem, loadavg, release, totalmem, uptime } from "node:os";
import { isAllowed } from "./access";
import { diskFigures, nodeFigures } from "./figures";
import { type Handler, text } from "./handler";

const getNodes: Handler = ({ directory, estate, caller, server, downNodes }) => {
  const data = estate.nodes.map((node) => {
    const entry = { id: `node/${node}`, node, type: "node", ssl_fingerprint: server.fingerprint };
    if (downNodes.includes(node)) return { ...entry, status: "offline" };
    const figures = isAllowed(caller, `/nodes/${node}`, "Sys.Audit") ? nodeFigures(directory) : {};
    return { ...entry, ...figures, status: "online", level: "" };
  });
  return { data };
};

const parts = ["certificates", "lxc", "qemu", "status", "storage", "tasks", "time", "version", "vzdump"];

const getStatus: Handler = ({ directory }) => {
  const { disk, maxdisk } = diskFigures(directory);
  const cpus = availableParallelism();
  const kernel = { sysname: "Linux", release: release(), version: "#1 SMP PREEMPT_DYNAMIC", machine: arch() };
  return {
    data: {
      uptime: Math.floor(uptime()),
      loadavg: loadavg().map((value) => value.toFixed(2)),
      cpu: 0.02,
      wait: 0,
      idle: 0,
      cpuinfo: {
        model: "Lab",
        vendor: "Lab",
        family: "6",
        cpus,
        cores: cpus,
        sockets: 1,
        mhz: "2400.000",
        flags: "fpu",
        hvm: "",
        user_hz: 100,
      },
      memory: { total: totalmem(), free: freemem(), available: freemem(), used: totalmem() - freemem() },
      swap: { total: 0, used: 0, free: 0 },
      rootfs: { total: maxdisk, used: disk, free: maxdisk - disk, avail: maxdisk - disk },
      ksm: { shared: 0 },
      kversion: `Linux ${kernel.release} ${kernel.version}`,
      "current-kernel": kernel,
      "boot-info": { mode: "legacy-bios" },
      pveversion: "pve-manager/9.2.11/14a22df35955d97d",
    },
  };
};

/** The machine's clock: the lab's own, which tests may move, is vzdump's only. */
const getTime: Handler = () => {
  const time = Math.floor(Date.now() / 1000);
  const offsetSeconds = new Date().getTimezoneOffset() * 60;
  return {
    data: { time, localtime: time - offsetSeconds, timezone: Intl.DateTimeFormat().resolvedOptions().timeZone },
  };
};

const getCertificates: Handler = (call) => ({
  data: [
    {
      filename: "pve-ssl.pem",
      fingerprint: call.server.fingerprint,
      subject: `/CN=${text(call, "node")}`,
      issuer: "/CN=Lab",
    },
  ],
});

export const nodeRoutes: Record<string, Handler> = {
  "GET /nodes": getNodes,
  "GET /nodes/{node}": () => ({ data: parts.map((name) => ({ name })) }),
  "GET /nodes/{node}/status": getStatus,
  "GET /nodes/{node}/time": getTime,
  "GET /nodes/{node}/certificates/info": getCertificates,
};
