"use client";

import { useState } from "react";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { sections } from "./sections";
import { useShortcuts } from "./shortcuts";

const rows = [
  ...sections.map((section) => [`g then ${section.key}`, `Go to ${section.label}`] as const),
  ["\\", "Fold or unfold the sidebar"],
  ["t", "Light or dark"],
  ["/", "Search the log of a run"],
  ["f", "Follow the log of a run"],
  ["e", "Next error in the log of a run"],
  ["v", "Timeline or table of a run"],
  ["Shift R", "Retry what failed in a run"],
  ["Shift C", "Cancel a run"],
  ["?", "This list"],
] as const;

/** Every single key there is, behind `?`. */
export function ShortcutList() {
  const [isOpen, setIsOpen] = useState(false);
  const close = () => setIsOpen(false);
  useShortcuts({ "?": () => setIsOpen(true) });
  return (
    <Dialog isOpen={isOpen} onClose={close} title="Keyboard shortcuts" actions={<Button onClick={close}>Close</Button>}>
      <dl className="grid grid-cols-[auto_1fr] items-center gap-x-4 gap-y-1.5">
        {rows.map(([key, effect]) => (
          <div key={key} className="contents">
            <dt>
              <kbd className="rounded-[4px] border border-line bg-bg px-1.5 font-mono text-axis text-fg2">{key}</kbd>
            </dt>
            <dd>{effect}</dd>
          </div>
        ))}
      </dl>
      <p className="mt-3 text-meta text-fg3">They can be switched off in the account menu.</p>
    </Dialog>
  );
}
