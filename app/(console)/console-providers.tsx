"use client";

import { type QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { NuqsAdapter } from "nuqs/adapters/next/app";
import { type ReactNode, useState } from "react";
import { ClockProvider } from "@/components/live/clock";
import { ToastHost } from "@/components/ui/toast";
import { TooltipHost } from "@/components/ui/tooltip-host";
import { makeQueryClient } from "@/lib/client/query-client";

type ConsoleProvidersProps = { renderedAt: number; timeZone: string; children: ReactNode };

/** What the signed-in pages share: the query cache, the clock, URL state, toasts and tooltips. */
export function ConsoleProviders({ renderedAt, timeZone, children }: ConsoleProvidersProps) {
  const [client] = useState<QueryClient>(makeQueryClient);
  return (
    <QueryClientProvider client={client}>
      <NuqsAdapter>
        <ClockProvider renderedAt={renderedAt} timeZone={timeZone}>
          {children}
          <ToastHost />
          <TooltipHost />
        </ClockProvider>
      </NuqsAdapter>
    </QueryClientProvider>
  );
}
