import { spawn } from "node:child_process";
import { once } from "node:events";
import fs from "node:fs";
import net from "node:net";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { processStart } from "../processes/end-process.mjs";
import { findProcessesBelow } from "../processes/processes-below.mjs";
import { createTemporaryDataDirectory } from "./data-directory.mjs";
import { findNextFreePort } from "./free-port.mjs";
import { stopPostgres } from "./postgres.mjs";
import { stopRedis } from "./redis.mjs";
import { startServices } from "./start-services.mjs";

describe("startServices", () => {
  let directory;

  beforeEach(() => {
    directory = createTemporaryDataDirectory();
  });
  afterEach(async () => {
    if (!fs.existsSync(directory)) return;
    await Promise.all([stopPostgres(directory), stopRedis(directory)]);
    fs.rmSync(directory, { recursive: true, force: true });
  });

  it("ends both servers and removes the folder of a temporary pair", async () => {
    const services = await startServices(directory, { isTemporary: true });
    expect(await isListening(services.databaseUrl)).toBe(true);
    expect(await isListening(services.redisUrl)).toBe(true);

    await services.stop();

    expect(await isListening(services.databaseUrl)).toBe(false);
    expect(await isListening(services.redisUrl)).toBe(false);
    expect(fs.existsSync(directory)).toBe(false);
  });

  it("ends both servers when the process that started them is killed", async () => {
    const script = `
      const { startServices } = await import(${JSON.stringify(path.resolve("scripts/services/start-services.mjs"))});
      await startServices(${JSON.stringify(directory)}, { isTemporary: true });
      process.send("up");`;
    const owner = spawn(process.execPath, ["--input-type=module", "--eval", script], {
      stdio: ["ignore", "inherit", "inherit", "ipc"],
    });
    await once(owner, "message");
    expect(findProcessesBelow(directory).length).toBeGreaterThan(2);

    owner.kill("SIGKILL");

    await expect.poll(() => findProcessesBelow(directory), { timeout: 15_000 }).toEqual([]);
    await expect.poll(() => fs.existsSync(directory), { timeout: 5000 }).toBe(false);
  });

  it("finds again the servers that a killed keeper left, with the same addresses", async () => {
    const first = await startServices(directory);
    process.kill(first.pid, "SIGKILL");
    await first.ended;
    expect(await isListening(first.databaseUrl)).toBe(true);

    const second = await startServices(directory);

    expect([second.databaseUrl, second.redisUrl]).toEqual([first.databaseUrl, first.redisUrl]);
    expect(second.appliedMigrations).toEqual([]);
    await second.stop();
    expect(findProcessesBelow(directory)).toEqual([]);
  });

  it("keeps its ports over a stop, and takes others when somebody else has them by then", async () => {
    const first = await startServices(directory);
    await first.stop();
    const intruder = net.createServer().listen(Number(new URL(first.redisUrl).port), "127.0.0.1");

    const second = await startServices(directory);

    expect(second.databaseUrl).toBe(first.databaseUrl);
    expect(second.redisUrl).not.toBe(first.redisUrl);
    expect(await isListening(second.redisUrl)).toBe(true);
    intruder.close();
    await second.stop();
  });

  it("leaves services that run elsewhere alone", async () => {
    const environment = { DATABASE_URL: process.env.DATABASE_URL, REDIS_URL: process.env.REDIS_URL };

    const services = await startServices(directory, { environment });
    await services.stop();

    expect([services.databaseUrl, services.redisUrl]).toEqual(Object.values(environment));
    expect(fs.existsSync(path.join(directory, "postgres"))).toBe(false);
    expect(await isListening(environment.DATABASE_URL)).toBe(true);
  });
});

describe("findNextFreePort", () => {
  it("passes over a port that is taken", async () => {
    const server = net.createServer().listen(0, "127.0.0.1");
    await new Promise((resolve) => server.once("listening", resolve));
    const { port } = server.address();

    expect(await findNextFreePort(port)).toBeGreaterThan(port);
    server.close();
  });
});

describe("processStart", () => {
  it("is the same for a process as long as it lives, and nothing for one that is over", () => {
    expect(processStart(process.pid)).toBe(processStart(process.pid));
    expect(processStart(2 ** 22 + 1)).toBeUndefined();
  });
});

function isListening(url) {
  return new Promise((resolve) => {
    const socket = net.connect(Number(new URL(url).port), "127.0.0.1", () => resolve(true));
    socket.once("error", () => resolve(false));
    socket.once("connect", () => socket.destroy());
  });
}
