"use client";

import { Play } from "lucide-react";
import { useState } from "react";
import { useHasRole } from "@/components/shell/role";
import { useShortcuts } from "@/components/shell/shortcuts";
import { Button } from "@/components/ui/button";
import { BackUpNowDialog } from "./back-up-now-dialog";

/** Starts a run at once, after asking of what. */
export function BackUpNow() {
  const mayRun = useHasRole("operator");
  const [isOpen, setIsOpen] = useState(false);
  useShortcuts(mayRun ? { b: () => setIsOpen(true) } : {});
  if (!mayRun) return null;
  return (
    <>
      <Button variant="primary" aria-label="Back up now" onClick={() => setIsOpen(true)}>
        <Play aria-hidden />
        <span className="max-tablet:hidden">Back up now</span>
      </Button>
      <BackUpNowDialog isOpen={isOpen} onClose={() => setIsOpen(false)} />
    </>
  );
}
