/** Next calls this once at start; what needs Node is kept out of the file that Edge would load too. */
export async function register(): Promise<void> {
  // biome-ignore lint/style/noProcessEnv: Next replaces this name when it builds, which config() cannot know.
  if (process.env.NEXT_RUNTIME === "nodejs") await (await import("./instrumentation-node")).start();
}
