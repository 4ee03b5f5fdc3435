import { Activity, CalendarClock, LayoutDashboard } from "lucide-react";

/** The screens there are, in the order of the navigation, each with its second key after `g`. */
export const sections = [
  { href: "/", label: "Overview", icon: LayoutDashboard, key: "o" },
  { href: "/runs", label: "Runs", icon: Activity, key: "r" },
  { href: "/policies", label: "Policies", icon: CalendarClock, key: "p" },
] as const;

export type Section = (typeof sections)[number];

export function isCurrentSection(section: Section, pathname: string): boolean {
  return section.href === "/" ? pathname === "/" : pathname.startsWith(section.href);
}
