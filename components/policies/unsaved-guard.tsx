"use client";

import { useRouter } from "next/navigation";
import { useEffect, useState } from "react";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";

/** Asks before a link or a closed tab throws away what was typed. */
export function UnsavedGuard({ isOn, name }: { isOn: boolean; name: string }) {
  const router = useRouter();
  const [target, setTarget] = useState<string | null>(null);

  useEffect(() => {
    if (!isOn) return;
    const hold = (event: MouseEvent) => {
      const link = event.target instanceof Element ? event.target.closest<HTMLAnchorElement>("a[href]") : null;
      const isPlain = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;
      if (!link || !isPlain || link.target || link.origin !== location.origin || link.pathname === location.pathname)
        return;
      event.preventDefault();
      event.stopPropagation();
      setTarget(link.pathname + link.search);
    };
    const warn = (event: BeforeUnloadEvent) => event.preventDefault();
    // Before React's own listeners, or the router would be on its way.
    document.addEventListener("click", hold, { capture: true });
    addEventListener("beforeunload", warn);
    return () => {
      document.removeEventListener("click", hold, { capture: true });
      removeEventListener("beforeunload", warn);
    };
  }, [isOn]);

  return (
    <Dialog
      isOpen={target !== null}
      onClose={() => setTarget(null)}
      title={`Discard changes to ${name}?`}
      actions={
        <>
          <Button onClick={() => setTarget(null)}>Keep editing</Button>
          <Button variant="danger" onClick={() => target && router.push(target)}>
            Discard changes
          </Button>
        </>
      }
    >
      What you typed is not saved.
    </Dialog>
  );
}
