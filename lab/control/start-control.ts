import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { z } from "zod";
import { readFaults, writeFaults } from "../faults";
import type { LabRemotes, RemoteName } from "../remotes/start-remotes";
import { findGuest, guestStatus, listGuests } from "../state/guests";
import { labNow, setLabClock } from "../state/lab-clock";
import { ControlError } from "./control-error";
import { controlRequests } from "./control-requests";
import { addGuest, alterGuest, destroyGuest } from "./guest-requests";

const remoteNames: Record<string, RemoteName> = {
  primary: "labsftp",
  secondary: "labdav",
  tertiary: "labs3",
  labsftp: "labsftp",
  labdav: "labdav",
  labs3: "labs3",
};

type Context = { directory: string; remotes: LabRemotes | undefined };

/** Serves the lab's controls over plain HTTP on loopback: what a test or a demonstration asks of the lab. */
export async function startControl(context: Context): Promise<{ url: string; stop: () => Promise<void> }> {
  const server = createServer((request, response) => {
    answer(context, request).then(
      (value) => response.writeHead(200, { "Content-Type": "application/json" }).end(JSON.stringify(value)),
      (error: unknown) => {
        if (!(error instanceof ControlError)) console.error(error);
        const status = error instanceof ControlError ? error.status : 500;
        const message = error instanceof Error ? error.message : String(error);
        response.writeHead(status, { "Content-Type": "application/json" }).end(JSON.stringify({ error: message }));
      },
    );
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
  const stop = () => {
    server.closeAllConnections();
    return new Promise<void>((resolve) => server.close(() => resolve()));
  };
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, stop };
}

async function answer(context: Context, request: IncomingMessage): Promise<unknown> {
  const { directory } = context;
  const path = new URL(request.url ?? "/", "http://lab").pathname;
  const [, place = "", name] = /^\/lab\/([a-z]+)(?:\/([^/]+))?$/.exec(path) ?? [];
  const body = await readBody(request);
  switch (`${request.method} ${place}${name === undefined ? "" : "/"}`) {
    case "GET faults":
      return readFaults(directory);
    case "PUT faults": {
      await writeFaults(directory, parse(controlRequests.faults, body));
      return readFaults(directory);
    }
    case "GET clock":
      return { now: labNow(directory).toISOString() };
    case "PUT clock": {
      const { now } = parse(controlRequests.clock, body);
      setLabClock(directory, now === null ? null : new Date(now));
      return { now: labNow(directory).toISOString() };
    }
    case "POST remotes/":
      return await changeRemote(context, name ?? "", parse(controlRequests.remote, body));
    case "GET guests":
      return listGuests(directory).map((guest) => ({ ...guest, ...guestStatus(directory, guest.vmid) }));
    case "GET guests/": {
      const guest = findGuest(directory, vmidOf(name));
      if (!guest) throw new ControlError(404, `there is no guest ${name}`);
      return { ...guest, ...guestStatus(directory, guest.vmid) };
    }
    case "POST guests":
      return await addGuest(directory, parse(controlRequests.newGuest, body));
    case "PATCH guests/":
      return await alterGuest(directory, vmidOf(name), parse(controlRequests.guestChange, body));
    case "DELETE guests/":
      destroyGuest(directory, vmidOf(name));
      return {};
    default:
      throw new ControlError(404, `the lab has no ${request.method} ${path}`);
  }
}

function vmidOf(name: string | undefined): number {
  const vmid = Number(name);
  if (!Number.isSafeInteger(vmid)) throw new ControlError(400, `'${name}' is not a VMID`);
  return vmid;
}

async function changeRemote({ remotes }: Context, name: string, change: z.infer<typeof controlRequests.remote>) {
  const remote = remoteNames[name];
  if (!remotes || !remote) throw new ControlError(404, `there is no remote '${name}'`);
  if (change.up !== undefined) await remotes.setUp(remote, change.up);
  if (change.faults !== undefined) await remotes.setFaults(remote, change.faults as never);
  return { name: remote, ...change };
}

function parse<Schema extends z.ZodType>(schema: Schema, body: unknown): z.infer<Schema> {
  const parsed = schema.safeParse(body);
  if (!parsed.success) throw new ControlError(400, z.prettifyError(parsed.error));
  return parsed.data;
}

async function readBody(request: IncomingMessage): Promise<unknown> {
  const pieces: Buffer[] = [];
  for await (const piece of request as AsyncIterable<Buffer>) pieces.push(piece);
  const text = Buffer.concat(pieces).toString("utf8");
  if (text === "") return undefined;
  try {
    return JSON.parse(text);
  } catch {
    throw new ControlError(400, "the body is not JSON");
  }
}
