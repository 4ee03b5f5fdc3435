import { randomBytes } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { postgresPackage } from "../bootstrap/install-packages.mjs";
import { runOrThrow, runProgram } from "../processes/run-program.mjs";
import { say } from "../say.mjs";
import { canServicesReach } from "./data-directory.mjs";
import { findFreePort } from "./free-port.mjs";

const userName = "undercroft";
const serverEnvironment = { PATH: "/usr/bin:/bin", LC_ALL: "C.UTF-8" };

/**
 * Starts the PostgreSQL of `dataDirectory` on a loopback port, or finds it running, and returns the URL of its database
 * "undercroft" (not created here). `isDurable: false` is for databases that live as long as a test.
 */
export async function startPostgres(dataDirectory, { isDurable = true } = {}) {
  const server = await openServer(dataDirectory);
  if (!fs.existsSync(path.join(server.cluster, "PG_VERSION"))) await initialiseCluster(server);

  const running = readRunningPort(server);
  const port = running && (await isRunning(server)) ? running : await launch(server, isDurable);
  const password = fs.readFileSync(server.passwordFile, "utf8");
  return `postgresql://${userName}:${password}@127.0.0.1:${port}/undercroft`;
}

/** Stops the PostgreSQL of `dataDirectory`; one that does not run is no error. */
export async function stopPostgres(dataDirectory) {
  const server = await openServer(dataDirectory);
  if (await isRunning(server))
    await runOrThrow(server.program("pg_ctl"), control(server, "stop", "-w", "-m", "fast"), server.run);
}

/** Where the server's files are, and as whom its programs run: root hands over to the system user "postgres". */
async function openServer(dataDirectory) {
  const home = path.join(dataDirectory, "postgres");
  const owner = process.getuid() === 0 ? await postgresUser() : undefined;
  if (!fs.existsSync(home)) {
    fs.mkdirSync(home, { recursive: true, mode: 0o700 });
    if (owner) fs.chownSync(home, owner.uid, owner.gid);
  }
  const programs = reachablePrograms(dataDirectory);
  return {
    owner,
    cluster: path.join(home, "cluster"),
    log: path.join(home, "server.log"),
    passwordFile: path.join(home, "password"),
    program: (name) => path.join(programs, "bin", name),
    run: { cwd: "/", env: serverEnvironment, ...owner },
  };
}

async function postgresUser() {
  const find = (flag) => runProgram("id", [flag, "postgres"], { env: serverEnvironment });
  if ((await find("-u")).exitCode !== 0) {
    say('adding the system user "postgres": PostgreSQL refuses to run as root');
    const args = ["--system", "--user-group", "--no-create-home", "--shell", "/usr/sbin/nologin", "postgres"];
    await runOrThrow("/usr/sbin/useradd", args, { env: serverEnvironment });
  }
  return { uid: Number((await find("-u")).stdout), gid: Number((await find("-g")).stdout) };
}

/** The programs are run from the npm package, or from a copy where the server's user cannot walk to the package. */
function reachablePrograms(dataDirectory) {
  const packaged = path.join(postgresPackage(), "native");
  if (canServicesReach(packaged)) return packaged;
  const copy = path.join(dataDirectory, "postgres-programs");
  if (!fs.existsSync(copy)) {
    const draft = `${copy}.part`;
    fs.cpSync(packaged, draft, { recursive: true, verbatimSymlinks: true });
    fs.renameSync(draft, copy);
  }
  return copy;
}

async function initialiseCluster(server) {
  fs.rmSync(server.cluster, { recursive: true, force: true });
  fs.writeFileSync(server.passwordFile, randomBytes(24).toString("hex"), { mode: 0o600 });
  if (server.owner) fs.chownSync(server.passwordFile, server.owner.uid, server.owner.gid);
  const access = ["-U", userName, "--auth=scram-sha-256", `--pwfile=${server.passwordFile}`];
  const args = ["-D", server.cluster, ...access, "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"];
  await runOrThrow(server.program("initdb"), args, server.run);
}

async function launch(server, isDurable) {
  const port = await findFreePort(readRememberedPort(server));
  const settings = {
    port,
    listen_addresses: "127.0.0.1",
    unix_socket_directories: "",
    max_connections: 300,
    fsync: isDurable ? "on" : "off",
  };
  const text = Object.entries(settings).map(([name, value]) => `${name} = '${value}'\n`);
  fs.writeFileSync(path.join(server.cluster, "postgresql.auto.conf"), text.join(""));

  const started = await runProgram(
    server.program("pg_ctl"),
    control(server, "start", "-w", "-t", "60", "-l", server.log),
    {
      ...server.run,
      output: "/dev/null",
    },
  );
  if (started.exitCode === 0) return port;
  const said = fs.existsSync(server.log) ? fs.readFileSync(server.log, "utf8").trim().split("\n").slice(-5) : [];
  throw new Error(`PostgreSQL did not start:\n${said.join("\n")}`);
}

function control(server, verb, ...options) {
  return [verb, "-D", server.cluster, ...options];
}

async function isRunning(server) {
  return (await runProgram(server.program("pg_ctl"), control(server, "status"), server.run)).exitCode === 0;
}

/** The fourth line of postmaster.pid is the port (PostgreSQL, miscadmin.h, LOCK_FILE_LINE_PORT). */
function readRunningPort(server) {
  const file = path.join(server.cluster, "postmaster.pid");
  return fs.existsSync(file) ? Number(fs.readFileSync(file, "utf8").split("\n")[3]) : undefined;
}

function readRememberedPort(server) {
  const file = path.join(server.cluster, "postgresql.auto.conf");
  const [, port] = /^port = '(\d+)'$/m.exec(fs.existsSync(file) ? fs.readFileSync(file, "utf8") : "") ?? [];
  return port && Number(port);
}
