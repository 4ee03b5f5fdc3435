import { send } from "./api";

/** Rejects with ProblemError: "unauthenticated" for a wrong name or password, "rate_limited" after too many. */
export function signIn(username: string, password: string): Promise<void> {
  return send("POST", "/api/auth/sign-in/username", { username, password });
}

/** Ends the session and leaves the page, so that nothing of it stays in memory. */
export async function signOut(): Promise<void> {
  await send("POST", "/api/auth/sign-out", {}).catch(() => undefined);
  location.assign("/login");
}
