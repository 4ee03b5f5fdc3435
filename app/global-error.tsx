"use client";

type GlobalErrorProps = { reset: () => void };

/** The last resort, when even the layout failed: no styles, no fonts, only the words. */
export default function GlobalError({ reset }: GlobalErrorProps) {
  return (
    <html lang="en">
      <body>
        <h1>This page could not be shown</h1>
        <p>Backups keep running even when this page does not.</p>
        <button type="button" onClick={reset}>
          Try again
        </button>
      </body>
    </html>
  );
}
