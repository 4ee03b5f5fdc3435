import { X509Certificate } from "node:crypto";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { generate } from "selfsigned";

export type PveCall = { method: string; path: string; query: URLSearchParams; body: string; authorization: string };

/** What the node answers: a value for `data`, a raw answer, "hang" (never), "reset" (the connection is cut) or "cut" (half a body). */
export type PveAnswer =
  | { data: unknown }
  | { status: number; statusText?: string; body?: string; contentType?: string }
  | "hang"
  | "reset"
  | "cut";

export type PveNode = {
  url: string;
  fingerprint: string;
  calls: PveCall[];
  /** Replaces how the node answers. */
  answer(to: (call: PveCall) => PveAnswer): void;
  close(): Promise<void>;
};

/** A server with a self-signed certificate that speaks as pveproxy does (status line, envelope, content type). */
export async function startPveNode(): Promise<PveNode> {
  const pem = await generate([{ name: "commonName", value: "pve1" }], { keySize: 2048 });
  let answer: (call: PveCall) => PveAnswer = () => ({ data: null });
  const calls: PveCall[] = [];

  const server = createServer({ cert: pem.cert, key: pem.private }, async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const url = new URL(request.url ?? "/", "https://pve1");
    const call: PveCall = {
      method: request.method ?? "",
      path: decodeURIComponent(url.pathname).replace("/api2/json", ""),
      query: url.searchParams,
      body: Buffer.concat(chunks).toString("utf8"),
      authorization: request.headers.authorization ?? "",
    };
    calls.push(call);
    const said = answer(call);
    if (said === "hang") return;
    if (said === "reset") return void request.socket.destroy();
    response.setHeader("content-type", "application/json;charset=UTF-8");
    if (said === "cut") {
      response.writeHead(200, { "content-length": "1000" });
      response.write('{"data":[');
      setTimeout(() => request.socket.destroy(), 20);
      return;
    }
    if ("data" in said) return void response.end(JSON.stringify({ data: said.data }));
    if (said.contentType) response.setHeader("content-type", said.contentType);
    response.writeHead(said.status, said.statusText);
    response.end(said.body ?? "");
  });

  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
    fingerprint: new X509Certificate(pem.cert).fingerprint256,
    calls,
    answer: (to) => {
      answer = to;
    },
    close: () => closed(server),
  };
}

function closed(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(() => resolve()));
}
