/** What is wrong with a notes template, in the words of pve-manager's VZDump.pm; undefined when nothing is. */
export function notesTemplateComplaint(template: string): string | undefined {
  if (template.includes("\n")) return "contains a line feed";
  const problems: string[] = [];
  for (const match of template.matchAll(/\\(.)|\{\{([^\s{}]+)\}\}/g)) {
    const [whole, escaped, variable] = match;
    if (escaped !== undefined && escaped !== "n" && escaped !== "\\")
      problems.push(`escape sequence '${whole}' at char ${match.index}`);
    if (variable !== undefined && !["cluster", "guestname", "node", "vmid"].includes(variable)) {
      problems.push(`variable '${variable}' at char ${match.index + 4}`);
    }
  }
  return problems.length > 0 ? `found unknown: ${problems.join(", ")}` : undefined;
}

/** The text of a backup's notes. Unknown variables were refused before. */
export function renderNotes(
  template: string,
  values: Record<"cluster" | "guestname" | "node" | "vmid", string>,
): string {
  return template.replace(
    /\\(.)|\{\{(cluster|guestname|node|vmid)\}\}/g,
    (_, escaped: string | undefined, name: keyof typeof values) => {
      if (escaped === undefined) return values[name];
      return escaped === "n" ? "\n" : escaped;
    },
  );
}
