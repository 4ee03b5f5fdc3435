import { shellQuote } from "./shell-quote";

export type TarPlan = {
  isUnprivileged: boolean;
  /** Holds ./etc/vzdump/pct.conf and pct.fw. */
  temporaryDirectory: string;
  rootDirectory: string;
  /** Included mount points: the directory that holds the path, and the path below the container's root. */
  mountPoints: { directory: string; path: string }[];
  excludePatterns: string[];
  /** For an unprivileged container: tar's map from ids of the host to ids of the container. */
  mappedIds: string;
};

const commonFlags = [
  "--one-file-system",
  "-p",
  "--sparse",
  "--numeric-owner",
  "--acls",
  "--xattrs",
  "--xattrs-include=user.*",
  "--xattrs-include=security.capability",
  "--warning=no-file-ignored",
  "--warning=no-xattr-write",
];

/** The flags in the order of pve-container's VZDump/LXC.pm: what follows an option depends on it. */
function excludeFlags(plan: TarPlan): string[] {
  const free = plan.excludePatterns.filter((pattern) => !pattern.startsWith("/"));
  const anchored = plan.excludePatterns.filter((pattern) => pattern.startsWith("/"));
  return [
    "--no-anchored",
    ...(plan.isUnprivileged ? ["--exclude=lost+found"] : []),
    ...free.map((pattern) => `--exclude=${pattern}`),
    "--anchored",
    ...anchored.map((pattern) => `--exclude=.${pattern}`),
  ];
}

/**
 * The tar that is run. Instead of a user namespace it gets an owner map, and instead of mounts one directory per
 * volume; members, their order and their bytes are those of the real command.
 */
export function tarArguments(plan: TarPlan, isRoot: boolean): string[] {
  const owners = isRoot ? rootOwnerFlags(plan) : ["--owner=root:0", "--group=root:0"];
  return [
    ...["cpf", "-", "--totals", ...commonFlags, ...owners],
    ...["--one-file-system", "--warning=no-file-ignored"],
    ...[`--directory=${plan.temporaryDirectory}`, "./etc/vzdump/pct.conf", "./etc/vzdump/pct.fw"],
    ...[`--directory=${plan.rootDirectory}`, ...excludeFlags(plan), "./"],
    ...plan.mountPoints.flatMap((mount) => [`--directory=${mount.directory}`, `./${mount.path}`]),
  ];
}

function rootOwnerFlags(plan: TarPlan): string[] {
  return plan.isUnprivileged ? [`--owner-map=${plan.mappedIds}`, `--group-map=${plan.mappedIds}`] : [];
}

/** The command as Proxmox would have run it: vzdump quotes it in full when it fails. */
export function realTarCommand(plan: TarPlan, sourceDirectory: string): string {
  const words = [
    ...["tar", "cpf", "-", "--totals", ...commonFlags, "--one-file-system", "--warning=no-file-ignored"],
    ...[`--directory=${plan.temporaryDirectory}`, "./etc/vzdump/pct.conf", "./etc/vzdump/pct.fw"],
    ...[`--directory=${sourceDirectory}`, ...excludeFlags(plan)],
    ...["./", ...plan.mountPoints.map((mount) => `./${mount.path}`)],
  ];
  const namespace = plan.isUnprivileged ? "lxc-usernsexec -m u:0:100000:65536 -m g:0:100000:65536 -- " : "";
  return `${namespace}${words.map(shellQuote).join(" ")}`;
}
