import { readFileSync } from "node:fs";
import { hostname } from "node:os";
import { z } from "zod";
import { identifyProcess, isAlive } from "../adapters/command/process-identity";

const identitySchema = z.object({ host: z.string(), bootId: z.string(), pid: z.int(), startTicks: z.number() });
type WorkerIdentity = z.infer<typeof identitySchema>;

const bootId = () => readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();

/** What tells this worker process from every other, also after a restart of the host. */
export function workerIdentity(): WorkerIdentity {
  const { pid } = process;
  return { host: hostname(), bootId: bootId(), pid, startTicks: identifyProcess(pid)?.startTicks ?? 0 };
}

/** Whether a recorded worker certainly runs no more. Of another host we know nothing: there its lease has to end. */
export function isWorkerGone(recorded: unknown): boolean {
  const parsed = identitySchema.safeParse(recorded);
  if (!parsed.success || parsed.data.host !== hostname()) return false;
  return parsed.data.bootId !== bootId() || !isAlive(parsed.data);
}
