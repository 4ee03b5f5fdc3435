import { once } from "node:events";
import net from "node:net";

/** A port of 127.0.0.1 nobody listens on: `wanted` when it is free, else one the system picks. */
export async function findFreePort(wanted = 0) {
  return (await tryPort(wanted)) ?? tryPort(0);
}

/** The first free port from `first` upwards. */
export async function findNextFreePort(first, host = "127.0.0.1") {
  for (let port = first; port < first + 100; port++) {
    if ((await tryPort(port, host)) === port) return port;
  }
  throw new Error(`No free port between ${first} and ${first + 99}; choose one with PORT`);
}

async function tryPort(port, host = "127.0.0.1") {
  const server = net.createServer();
  try {
    server.listen({ port, host, exclusive: true });
    await once(server, "listening");
    return server.address().port;
  } catch (error) {
    if (error.code === "EADDRINUSE" || error.code === "EACCES") return undefined;
    throw error;
  } finally {
    server.close();
  }
}
