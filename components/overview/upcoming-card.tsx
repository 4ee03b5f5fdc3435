"use client";

import Link from "next/link";
import { useNow, useTimeZone } from "@/components/live/clock";
import { ButtonLink } from "@/components/ui/button-link";
import { Card } from "@/components/ui/card";
import { EmptyState } from "@/components/ui/empty-state";
import { TextLink } from "@/components/ui/text-link";
import { formatCount } from "@/lib/client/format-size";
import { formatDistance, formatFull, formatMoment } from "@/lib/client/format-time";
import type { Overview } from "@/lib/contracts/overview";

/** What starts next, by all policies. */
export function UpcomingCard({ overview }: { overview: Overview }) {
  const now = useNow();
  const timeZone = useTimeZone();
  return (
    <Card title="Next runs" aside={<TextLink href="/policies">Policies</TextLink>}>
      {overview.upcoming.length === 0 ? (
        <EmptyState action={<ButtonLink href="/policies/new">New policy</ButtonLink>}>
          Nothing is planned. A policy says what is backed up, and when.
        </EmptyState>
      ) : (
        <ul className="px-4 pt-2 pb-3">
          {overview.upcoming.map((next) => {
            const at = Date.parse(next.at);
            return (
              <li
                key={`${next.policyId}-${next.at}`}
                className="grid grid-cols-[auto_minmax(0,1fr)_auto] items-center gap-2.5 text-table leading-7 whitespace-nowrap max-tablet:min-h-11"
              >
                <time dateTime={next.at} title={formatFull(at, timeZone)} className="min-w-16 text-fg3">
                  {formatMoment(at, now, timeZone)}
                </time>
                <span className="truncate">
                  <Link
                    href={`/policies/${next.policyId}/edit`}
                    className="hover:text-accent hover:underline"
                    title={next.policyName}
                  >
                    {next.policyName}
                  </Link>
                  <span className="text-fg3"> · {formatCount(next.guestCount, "guest")}</span>
                </span>
                <span className="text-fg3 tabular-nums">in {formatDistance(Math.max(0, at - now))}</span>
              </li>
            );
          })}
        </ul>
      )}
    </Card>
  );
}
