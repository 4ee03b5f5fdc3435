const oldest = { major: 18, minor: 18 };

/** The bootstrap runs on whatever Node called it; everything after it runs on the pinned one. */
export function requireNodeVersion(version = process.versions.node) {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  if (major > oldest.major || (major === oldest.major && minor >= oldest.minor)) return;
  throw new Error(`Node ${oldest.major}.${oldest.minor} or newer is needed, this is ${version}`);
}
