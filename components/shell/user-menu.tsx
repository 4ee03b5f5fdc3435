"use client";

import { Keyboard, LogOut, Menu as MenuIcon } from "lucide-react";
import { useState } from "react";
import { Menu, type MenuTriggerProps } from "@/components/ui/menu";
import type { MenuItem } from "@/components/ui/menu-popup";
import { signOut } from "@/lib/client/session";
import { areShortcutsOn, setShortcutsOn } from "./shortcuts";
import { readTheme, setTheme, type Theme } from "./theme";

type UserMenuProps = { userName: string; roleLabel: string; look: "sidebar" | "bottom-bar" };

/** Who is signed in, how the product looks to them, and the way out. */
export function UserMenu({ userName, roleLabel, look }: UserMenuProps) {
  const [, setRevision] = useState(0);
  const again = () => setRevision((revision) => revision + 1);

  const items = (): MenuItem[] => [
    {
      kind: "radio",
      label: "Theme",
      value: readTheme(),
      options: [
        { value: "system", label: "System" },
        { value: "light", label: "Light" },
        { value: "dark", label: "Dark" },
      ],
      onChange: (theme) => {
        setTheme(theme as Theme);
        again();
      },
    },
    { kind: "line" },
    {
      kind: "check",
      label: "Single-key shortcuts",
      icon: <Keyboard aria-hidden />,
      isOn: areShortcutsOn(),
      onChange: (isOn) => {
        setShortcutsOn(isOn);
        again();
      },
    },
    { kind: "line" },
    { kind: "action", label: "Sign out", icon: <LogOut aria-hidden />, onSelect: () => void signOut() },
  ];

  const Trigger = look === "sidebar" ? SidebarTrigger : BottomBarTrigger;
  return (
    <Menu
      label="Account"
      // Read only in the browser: the list is built when it is opened.
      items={typeof window === "undefined" ? [] : items()}
      side="top"
      align={look === "sidebar" ? "start" : "end"}
      trigger={(props) => <Trigger userName={userName} roleLabel={roleLabel} trigger={props} />}
    />
  );
}

type TriggerProps = { userName: string; roleLabel: string; trigger: MenuTriggerProps };

function SidebarTrigger({ userName, roleLabel, trigger }: TriggerProps) {
  const initials = userName
    .split(/\s+/)
    .slice(0, 2)
    .map((word) => [...word][0]?.toUpperCase())
    .join("");
  return (
    <button
      {...trigger}
      type="button"
      aria-label={`Account of ${userName}`}
      className="flex w-full items-center gap-2.5 rounded-control p-1.5 text-left text-table hover:bg-hover rail-open:p-2"
    >
      <span
        aria-hidden
        className="grid size-7 shrink-0 place-items-center rounded-full bg-line text-axis font-heading text-fg"
      >
        {initials}
      </span>
      <span className="hidden min-w-0 rail-open:block">
        <span className="block truncate font-medium">{userName}</span>
        <span className="block text-axis text-fg3">{roleLabel}</span>
      </span>
    </button>
  );
}

function BottomBarTrigger({ trigger }: TriggerProps) {
  return (
    <button
      {...trigger}
      type="button"
      className="grid min-h-11 justify-items-center gap-0.5 text-axis font-medium text-fg3"
    >
      <MenuIcon className="size-5" strokeWidth={1.75} aria-hidden />
      More
    </button>
  );
}
