"use client";

import { ScrollText } from "lucide-react";
import { useEffect, useState, useSyncExternalStore } from "react";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { formatCount } from "@/lib/client/format-size";
import type { RunDetail } from "@/lib/contracts/runs";
import { RunLog } from "./run-log";

/** The log beside the guests; on a phone behind a button, as a sheet over the whole screen. */
export function RunLogPane({ run }: { run: RunDetail }) {
  const isPhone = useIsPhone();
  const [isOpen, setIsOpen] = useState(false);
  useEffect(() => {
    const open = () => setIsOpen(true);
    document.addEventListener("show-run-log", open);
    return () => document.removeEventListener("show-run-log", open);
  }, []);

  if (!isPhone) {
    return (
      <section
        aria-label="Log"
        className="flex min-h-0 min-w-0 flex-col overflow-hidden rounded-card border border-line bg-surface shadow-hair max-tablet:hidden"
      >
        <RunLog run={run} />
      </section>
    );
  }
  return (
    <>
      <div className="order-first grid">
        <Button onClick={() => setIsOpen(true)}>
          <ScrollText aria-hidden />
          Log <span className="text-fg3">{formatCount(run.logLineCount, "line")}</span>
        </Button>
      </div>
      <Dialog
        isOpen={isOpen}
        onClose={() => setIsOpen(false)}
        title={`Log of ${run.policyName} #${run.number}`}
        look="sheet"
        isFlush
      >
        <RunLog run={run} />
      </Dialog>
    </>
  );
}

const phone = "(width < 761px)";

function useIsPhone(): boolean {
  return useSyncExternalStore(
    (listener) => {
      const query = matchMedia(phone);
      query.addEventListener("change", listener);
      return () => query.removeEventListener("change", listener);
    },
    () => matchMedia(phone).matches,
    () => false,
  );
}
