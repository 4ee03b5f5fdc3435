"use client";

import { PageError } from "@/components/shell/page-error";

type ErrorPageProps = { error: Error & { digest?: string }; reset: () => void };

export default function ErrorPage({ error, reset }: ErrorPageProps) {
  return <PageError errorId={error.digest} onRetry={reset} />;
}
