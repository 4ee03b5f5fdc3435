import type { Estate } from "../state/estate";
import type { Caller } from "./access";
import type { Parameters } from "./check-parameters";

/** What one call works with. Parameters are checked and typed by then. */
export type Call = {
  directory: string;
  estate: Estate;
  caller: Caller;
  parameters: Parameters;
  server: { fingerprint: string; secret: string };
  /** Nodes that do not answer: a fault that was asked for. */
  downNodes: readonly string[];
};

/** `total` stands beside the data where lists are paged; `text` is an attachment instead of the envelope. */
export type Answer = { data: unknown; total?: number } | { text: string; fileName: string };

export type Handler = (call: Call) => Answer | Promise<Answer>;

export const text = (call: Call, name: string): string => String(call.parameters[name] ?? "");

export function optionalText(call: Call, name: string): string | undefined {
  const value = call.parameters[name];
  return value === undefined ? undefined : String(value);
}

export function optionalNumber(call: Call, name: string): number | undefined {
  const value = call.parameters[name];
  return value === undefined ? undefined : Number(value);
}

/** The name tasks are started under: the token, if there is one. */
export const taskUser = (call: Call): string => call.caller.tokenId ?? call.caller.userid;
