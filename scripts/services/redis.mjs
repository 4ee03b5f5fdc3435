import { randomBytes } from "node:crypto";
import fs from "node:fs";
import net from "node:net";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { findProgram } from "../bootstrap/install-programs.mjs";
import { endProcess, processStart } from "../processes/end-process.mjs";
import { runOrThrow } from "../processes/run-program.mjs";
import { callerEnvironment } from "../project.mjs";
import { findFreePort } from "./free-port.mjs";

const startTimeoutMs = 20_000;

/** Starts the Redis of `dataDirectory` on a loopback port, or finds it running, and returns its URL. */
export async function startRedis(dataDirectory) {
  const server = openServer(dataDirectory);
  const settings = readSettings(server) ?? { password: randomBytes(24).toString("hex") };
  if (!findProcess(server)) await launch(server, settings);

  const { port, password } = readSettings(server);
  await waitForAnswer(server, { port, password });
  return `redis://:${password}@127.0.0.1:${port}`;
}

/** Stops the Redis of `dataDirectory`; one that does not run is no error. It saves its append-only file on TERM. */
export async function stopRedis(dataDirectory) {
  const found = findProcess(openServer(dataDirectory));
  if (found) await endProcess(found);
}

function openServer(dataDirectory) {
  const home = path.join(dataDirectory, "redis");
  fs.mkdirSync(home, { recursive: true, mode: 0o700 });
  const file = (name) => path.join(home, name);
  return { home, configuration: file("redis.conf"), pidFile: file("redis.pid"), log: file("redis.log") };
}

/** Passwords go by file: every user of the machine can read the arguments of a process. */
async function launch(server, { port: rememberedPort, password }) {
  const port = await findFreePort(rememberedPort);
  const settings = {
    port,
    bind: "127.0.0.1",
    requirepass: password,
    dir: server.home,
    daemonize: "yes",
    pidfile: server.pidFile,
    logfile: server.log,
    appendonly: "yes",
    save: '""',
    // BullMQ keeps jobs here: evicting one would lose work.
    "maxmemory-policy": "noeviction",
  };
  const lines = Object.entries(settings).map(([name, value]) => `${name} ${value}\n`);
  fs.writeFileSync(server.configuration, lines.join(""), { mode: 0o600 });
  fs.rmSync(server.pidFile, { force: true });
  await runOrThrow(findProgram("redis-server"), [server.configuration], { env: callerEnvironment(), cwd: "/" });
}

function readSettings(server) {
  if (!fs.existsSync(server.configuration)) return undefined;
  const text = fs.readFileSync(server.configuration, "utf8");
  const settings = new Map(text.split("\n").map((line) => line.split(" ", 2)));
  return { port: Number(settings.get("port")), password: settings.get("requirepass") };
}

/** The running server of this folder: the pid it wrote, if that process still is this very Redis. */
function findProcess(server) {
  if (!fs.existsSync(server.pidFile)) return undefined;
  const pid = Number(fs.readFileSync(server.pidFile, "utf8"));
  const startedAt = processStart(pid);
  return startedAt !== undefined && isWorkingIn(pid, server.home) ? { pid, startedAt } : undefined;
}

/** Redis changes into its `dir` at start. */
function isWorkingIn(pid, folder) {
  return fs.readlinkSync(`/proc/${pid}/cwd`) === fs.realpathSync(folder);
}

async function waitForAnswer(server, address) {
  const deadline = Date.now() + startTimeoutMs;
  while (!(await ping(address))) {
    if (Date.now() > deadline) {
      throw new Error(`Redis did not answer on 127.0.0.1:${address.port}; its log is ${server.log}`);
    }
    await sleep(25);
  }
}

/** AUTH and PING in Redis's own protocol: no client library is needed to ask whether it is there. */
function ping({ port, password }) {
  return new Promise((resolve) => {
    const socket = net.connect(port, "127.0.0.1", () => socket.write(`AUTH ${password}\r\nPING\r\n`));
    let answer = "";
    socket.setTimeout(1000, () => socket.destroy());
    socket.on("data", (chunk) => {
      answer += chunk;
      if (answer.includes("+PONG") || answer.startsWith("-")) socket.destroy();
    });
    socket.on("error", () => socket.destroy());
    socket.on("close", () => resolve(answer.includes("+PONG")));
  });
}
