/** A quiet place holder of the final size; appears only after 150 ms, so that quick answers never flash one. */
export function Skeleton({ width = "100%", height = 14 }: { width?: number | string; height?: number | string }) {
  return (
    <span
      aria-hidden
      className="block animate-appear rounded-chip bg-track motion-safe:[&]:[animation:appear_120ms_150ms_both,breathe_1.6s_ease-in-out_300ms_infinite]"
      style={{ width, height }}
    />
  );
}

/** Rows of a list that has not come yet. */
export function SkeletonRows({ count, height = 18, label }: { count: number; height?: number; label: string }) {
  return (
    <div role="status" aria-label={label} className="grid gap-4 p-4">
      {Array.from({ length: count }, (_, row) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the rows are alike and never move
        <Skeleton key={row} width={`${92 - ((row * 17) % 38)}%`} height={height} />
      ))}
    </div>
  );
}
