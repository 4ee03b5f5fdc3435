import { dehydrate, HydrationBoundary, type QueryClient } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { makeQueryClient } from "@/lib/client/query-client";

type HydratedProps = {
  /** Fills the cache; what fails is left out, and the browser asks for it and shows why it fails. */
  fill: (client: QueryClient) => Promise<unknown>;
  children: ReactNode;
};

/** Hands what a page reads to the browser together with the page, so that the first paint has it. */
export async function Hydrated({ fill, children }: HydratedProps) {
  const client = makeQueryClient();
  await fill(client);
  return <HydrationBoundary state={dehydrate(client)}>{children}</HydrationBoundary>;
}
