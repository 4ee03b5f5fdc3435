/** The mark: two arches of an undercroft and their pillar. */
export function Glyph() {
  return (
    <svg
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      strokeWidth={2}
      strokeLinecap="round"
      className="size-[22px] shrink-0"
      aria-hidden
    >
      <path d="M2.5 20.5V12a9.5 9.5 0 0 1 19 0v8.5" />
      <path d="M7.25 20.5V12a4.75 4.75 0 0 1 9.5 0v8.5" />
      <path d="M12 20.5v-7.25" />
    </svg>
  );
}
