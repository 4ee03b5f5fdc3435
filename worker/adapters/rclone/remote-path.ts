import { AppError } from "@/lib/domain/errors";

/** The name of a remote from the configuration file; `:backend,option=...:` would carry secrets in its arguments. */
const remoteName = /^[A-Za-z0-9_][A-Za-z0-9_.+@-]*:/;

/**
 * Lets through what rclone reads as one object of a named remote, and nothing else: no local file, no connection
 * string, no step out of the folder. Behind `--` and with its remote in front, a name like "-rf" or "a:b" is a name.
 */
export function requireRemotePath(path: string): string {
  const name = remoteName.exec(path)?.[0];
  if (name === undefined) throw new AppError("invalid_input", `${JSON.stringify(path)} is no path on a remote.`);
  requirePlainSegments(path, path.slice(name.length));
  return path;
}

/** A local file, absolute, so that rclone can take neither a dash nor a colon in it for something else. */
export function requireLocalPath(path: string): string {
  if (!path.startsWith("/")) throw new AppError("invalid_input", `${JSON.stringify(path)} is not an absolute path.`);
  requirePlainSegments(path, path.slice(1));
  return path;
}

export function requirePlace(path: string): string {
  return path.startsWith("/") ? requireLocalPath(path) : requireRemotePath(path);
}

/** `labsftp:` of `labsftp:undercroft/pve1`. */
export function remoteOf(path: string): string {
  return path.slice(0, requireRemotePath(path).indexOf(":") + 1);
}

function requirePlainSegments(path: string, rest: string): void {
  const isPlain = rest.split("/").every((segment) => segment !== "." && segment !== "..");
  if (!isPlain || /\p{Cc}/u.test(rest) || path.length > 2048) {
    throw new AppError("invalid_input", `${JSON.stringify(path.slice(0, 200))} is not a path that is used here.`);
  }
}
