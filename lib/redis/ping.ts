import { once } from "@/lib/once";
import { producerConnection } from "./connections";

const connection = once(() => producerConnection("health"));

/** Resolves when Redis answers; fails within seconds when it does not. */
export async function pingRedis(): Promise<void> {
  await connection().ping();
}
