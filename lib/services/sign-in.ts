import { AppError } from "@/lib/domain/errors";
import { auth } from "./auth";
import { forgiveSignInAttempts, takeSignInAttempt } from "./sign-in-limit";

type SignIn = { username: string; password: string; headers: Headers; now: Date };

/** Signs in; resolves to the cookies of the session. Fails with unauthenticated (never saying which was wrong) or rate_limited. */
export async function signIn({ username, password, headers, now }: SignIn): Promise<string[]> {
  await takeSignInAttempt(username, now);
  const response = await auth().api.signInUsername({ body: { username, password }, headers, asResponse: true });
  if (!response.ok) {
    if (response.status >= 500) throw new Error(`sign-in failed with ${response.status}`);
    throw new AppError("unauthenticated", "Name or password is wrong.");
  }
  await forgiveSignInAttempts(username, now);
  return response.headers.getSetCookie();
}

/** Ends the session the cookies name, here and in the database; resolves to the cookies that say so. */
export async function signOut(headers: Headers): Promise<string[]> {
  const response = await auth().api.signOut({ headers, asResponse: true });
  return response.headers.getSetCookie();
}
