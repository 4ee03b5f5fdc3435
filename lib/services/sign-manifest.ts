import { createHmac, hkdfSync, timingSafeEqual } from "node:crypto";
import { config } from "@/lib/config";
import { type Manifest, manifestSchema, type SignedManifest, signedManifestSchema } from "@/lib/domain/manifest";

/** A key of its own, so that a manifest's HMAC says nothing of the secret that signs sessions. */
const manifestKey = () => Buffer.from(hkdfSync("sha256", config().secret, "", "undercroft manifest", 32));

const hmacOf = (manifest: Manifest) =>
  createHmac("sha256", manifestKey())
    .update(JSON.stringify(manifestSchema.parse(manifest)))
    .digest("hex");

/** The exact text that lies beside every copy of an archive. */
export function signManifest(manifest: Manifest): string {
  const signed: SignedManifest = { ...manifestSchema.parse(manifest), hmac: hmacOf(manifest) };
  return `${JSON.stringify(signed, null, 2)}\n`;
}

/** Whether a manifest's text is one of ours and was not altered. */
export function isOurManifest(text: string): boolean {
  const parsed = signedManifestSchema.safeParse(JSON.parse(text));
  if (!parsed.success) return false;
  const { hmac, ...manifest } = parsed.data;
  return timingSafeEqual(Buffer.from(hmac, "hex"), Buffer.from(hmacOf(manifest), "hex"));
}
