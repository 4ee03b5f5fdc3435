import { config } from "@/lib/config";
import { db } from "@/lib/db/client";
import { AppError } from "@/lib/domain/errors";
import type { TestRow, Tools } from "../ports";

const patienceMs = 60_000;

/** Tries a destination for real (write, read back, compare, delete) and stores what came of it. */
export async function testDestination(destinationId: string, tools: Tools): Promise<void> {
  const destination = await db().destination.findUnique({ where: { id: destinationId } });
  if (!destination) return;
  const rows = destination.remote ? await testRemote(destination.remote, tools) : await testDumpDirectory(tools);
  const isOk = rows.every((row) => row.isOk);
  const testedAt = new Date();
  await db().destination.update({
    where: { id: destinationId },
    data: { lastTestAt: testedAt, lastTestOk: isOk, lastTest: { isOk, testedAt: testedAt.toISOString(), rows } },
  });
}

async function testRemote(remote: string, tools: Tools): Promise<TestRow[]> {
  try {
    return await tools.testRemote(remote, AbortSignal.timeout(patienceMs));
  } catch (error) {
    return [{ name: "Reach the remote", isOk: false, durationMs: 0, text: textOf(error) }];
  }
}

async function testDumpDirectory(tools: Tools): Promise<TestRow[]> {
  const startedAtMs = performance.now();
  const row = (isOk: boolean, text: string): TestRow => ({
    name: "Write to the dump directory",
    isOk,
    durationMs: Math.round(performance.now() - startedAtMs),
    text,
  });
  try {
    await tools.dumpDirectory.check(config().dumpDirectory);
    return [row(true, config().dumpDirectory)];
  } catch (error) {
    return [row(false, textOf(error))];
  }
}

const textOf = (error: unknown) =>
  error instanceof AppError ? error.message : "The test ended with an error of the worker.";
