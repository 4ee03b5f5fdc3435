import { operations } from "@/lib/contracts/operations";
import { answer, defineRoute } from "@/lib/http/define-route";
import { readHealth, readPublicHealth } from "@/lib/services/read-health";

/** 503 while a store is away: what stands in front of several apps then asks another one. */
export const { GET, POST, PUT, PATCH, DELETE } = defineRoute({
  GET: answer(operations.readHealth, async ({ session, now }) => {
    const stores = await readPublicHealth();
    if (stores.status !== "up") return Response.json(stores, { status: 503, headers: { "cache-control": "no-store" } });
    return session ? readHealth(now) : stores;
  }),
});
