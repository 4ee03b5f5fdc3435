import { z } from "zod";
import { AppError } from "@/lib/domain/errors";

/** Proxmox answered, and its answer was no: with its status and, for wrong parameters, the reason for each. */
export class ClusterRefusal extends AppError {
  override readonly name = "ClusterRefusal";
  readonly status: number;

  constructor(status: number, message: string, options?: ConstructorParameters<typeof AppError>[2]) {
    super("cluster_refused", message, options);
    this.status = status;
  }
}

const refusalBodySchema = z.object({
  message: z.string().nullish(),
  errors: z.record(z.string(), z.unknown()).nullish(),
});

/** The node that was asked could not reach the node that was meant (pve-http-server, AnyEvent.pm: 595 to 599). */
const isGatewayStatus = (status: number) => status >= 595 && status <= 599;

type Answer = { status: number; statusText: string; body: string; tokenId: string; host: string };

/** What a status of 400 and above means. The reason is in the body, or, where that is empty, in the status line. */
export function refusalOf({ status, statusText, body, tokenId, host }: Answer): AppError {
  const parsed = refusalBodySchema.safeParse(jsonOrUndefined(body)).data;
  const reason = (parsed?.message ?? statusText).trim() || `status ${status}`;
  if (status === 401) {
    return new ClusterRefusal(401, `Proxmox no longer accepts the token ${tokenId} (401).`, {
      safe: "Existing copies are not affected.",
      action: "Enter a new token",
      cause: reason,
    });
  }
  if (isGatewayStatus(status)) {
    return new AppError("cluster_unreachable", `${host} could not reach the node that was asked for: ${reason}`);
  }
  const fields = Object.entries(parsed?.errors ?? {}).map(([field, text]) => [field, String(text).trim()] as const);
  const details = fields.map(([field, text]) => `${field}: ${text}`).join("; ");
  return new ClusterRefusal(status, details ? `${reason} ${details}` : reason, {
    ...(fields.length > 0 ? { fields: Object.fromEntries(fields) } : {}),
  });
}

export function jsonOrUndefined(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
