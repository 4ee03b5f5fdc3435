/**
 * What of a node is worth keeping, relative to its root (pve-docs pmxcfs.adoc; pve-manager Report.pm). Missing ones are
 * passed over. /etc/pve is taken as files, for single ones are what people want back; config.db beside it is the one
 * snapshot that can be put back whole.
 */
export const hostPaths = [
  "etc/pve",
  "etc/corosync",
  "etc/network",
  "etc/hosts",
  "etc/hostname",
  "etc/resolv.conf",
  "etc/systemd/network",
  "usr/local/lib/systemd/network",
  "etc/fstab",
  "etc/crypttab",
  "etc/lvm/lvm.conf",
  "etc/modprobe.d",
  "etc/modules",
  "etc/modules-load.d",
  "etc/sysctl.d",
  "etc/udev/rules.d",
  "etc/iscsi",
  "etc/multipath.conf",
  "etc/multipath/wwids",
  "etc/zfs",
  "etc/exports",
  "etc/samba",
  "etc/default/grub",
  "etc/default/pveproxy",
  "etc/default/pvedaemon",
  "etc/kernel/cmdline",
  "etc/kernel/proxmox-boot-uuids",
  "etc/apt/sources.list",
  "etc/apt/sources.list.d",
  "etc/apt/auth.conf.d",
  "etc/apt/trusted.gpg.d",
  "etc/vzdump.conf",
  "var/lib/vz/snippets",
  "etc/cron.d",
  "etc/cron.daily",
  "etc/crontab",
  "etc/systemd/system",
  "etc/postfix",
  "etc/aliases",
  "etc/ssh",
  "root/.ssh",
  "etc/passwd",
  "etc/shadow",
  "etc/group",
  "etc/gshadow",
  "etc/subuid",
  "etc/subgid",
  "etc/sudoers.d",
  "etc/subscription",
  "var/lib/pve-manager",
] as const;

/** pmxcfs keeps the cluster's file system in this SQLite database, in WAL mode. */
export const configDatabase = "var/lib/pve-cluster/config.db";

/** Lists that make rebuilding a node quicker; of the machine itself, so only when its own root is saved. */
export const hostLists = [
  { name: "pveversion.txt", file: "pveversion", args: ["-v"] },
  { name: "packages.txt", file: "dpkg", args: ["--get-selections"] },
  { name: "disks.json", file: "lsblk", args: ["--json", "--output-all"] },
  { name: "addresses.txt", file: "ip", args: ["address"] },
  { name: "zpool.txt", file: "zpool", args: ["status"] },
  { name: "physical-volumes.txt", file: "pvs", args: [] },
  { name: "volume-groups.txt", file: "vgs", args: [] },
  { name: "logical-volumes.txt", file: "lvs", args: [] },
] as const;
