import { randomUUID, X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { generate } from "selfsigned";
import { readJson, writeFileAtomically, writeJson } from "../state/json-file";
import { labPlaces } from "../state/places";
import type { ApiSettings } from "./start-api";

type Remembered = { port: number; secret: string };

const unauthorizedDelayMs = 3000;
const validForMs = 10 * 365 * 86_400_000;

/** The API's certificate, signing secret and port, made at the first start and the same ever after. */
export async function readApiSettings(directory: string): Promise<ApiSettings & { port: number }> {
  const places = labPlaces(directory);
  let remembered = readJson<Remembered>(places.settings);
  if (!remembered) {
    const pair = await generate([{ name: "commonName", value: "undercroft-lab" }], {
      keyType: "ec",
      algorithm: "sha256",
      notAfterDate: new Date(Date.now() + validForMs),
      extensions: [
        {
          name: "subjectAltName",
          altNames: [
            { type: 2, value: "localhost" },
            { type: 7, ip: "127.0.0.1" },
          ],
        },
      ],
    });
    writeFileAtomically(places.certificateKey, pair.private, 0o600);
    writeFileAtomically(places.certificate, pair.cert);
    remembered = { port: 0, secret: randomUUID() };
    writeJson(places.settings, remembered, 0o600);
  }
  const certificate = readFileSync(places.certificate, "utf8");
  return {
    ...remembered,
    unauthorizedDelayMs,
    certificate,
    key: readFileSync(places.certificateKey, "utf8"),
    fingerprint: new X509Certificate(certificate).fingerprint256,
  };
}

export function rememberPort(directory: string, port: number): void {
  const { settings } = labPlaces(directory);
  const remembered = readJson<Remembered>(settings);
  if (remembered) writeJson(settings, { ...remembered, port }, 0o600);
}
