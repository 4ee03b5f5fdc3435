export type Theme = "system" | "light" | "dark";

const themeKey = "undercroft.theme";
const railKey = "undercroft.rail";

/** Runs before the first paint, so that neither the colours nor the sidebar jump. Keep it free of the modules it is cut from. */
export const beforePaintScript = `try{var r=document.documentElement,t=localStorage.getItem("${themeKey}");if(t==="light"||t==="dark")r.dataset.theme=t;if(localStorage.getItem("${railKey}")==="folded")r.dataset.rail="folded"}catch(e){}`;

export function readTheme(): Theme {
  const { theme } = document.documentElement.dataset;
  return theme === "light" || theme === "dark" ? theme : "system";
}

export function setTheme(theme: Theme): void {
  const root = document.documentElement;
  if (theme === "system") delete root.dataset.theme;
  else root.dataset.theme = theme;
  keep(themeKey, theme);
}

const isWide = () => matchMedia("(width >= 1100px)").matches;

/** Folds or unfolds the sidebar. Only a wide screen's choice is kept: narrow ones always start folded. */
export function toggleRail(): void {
  const { dataset } = document.documentElement;
  if (!isWide()) {
    if (dataset.railNarrow) delete dataset.railNarrow;
    else dataset.railNarrow = "open";
    return;
  }
  const isFolding = dataset.rail !== "folded";
  if (isFolding) dataset.rail = "folded";
  else delete dataset.rail;
  keep(railKey, isFolding ? "folded" : "open");
}

function keep(key: string, value: string): void {
  try {
    localStorage.setItem(key, value);
  } catch {
    // Storage may be forbidden or full; the choice then lasts as long as the page.
  }
}
