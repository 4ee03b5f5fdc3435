"use client";

import { useEffect, useState } from "react";
import { ButtonLink } from "@/components/ui/button-link";
import { sessionEnded } from "@/lib/client/api";

/** Opens the sign-in beside the page, not in its place: what was typed here stays and can be sent again. */
export function SessionEndedBanner() {
  const [hasEnded, setHasEnded] = useState(false);
  useEffect(() => {
    const end = () => setHasEnded(true);
    sessionEnded.addEventListener("end", end);
    return () => sessionEnded.removeEventListener("end", end);
  }, []);
  if (!hasEnded) return null;
  return (
    <div
      role="alert"
      className="flex flex-wrap items-center gap-x-3 gap-y-2 border-b border-line bg-fail-panel px-8 py-2 text-table max-tablet:px-4"
    >
      <span>
        <b className="font-heading">You were signed out.</b> Your form is kept in this tab.
      </span>
      <ButtonLink href="/login" size="small" isNewTab>
        Sign in
      </ButtonLink>
    </div>
  );
}
