import type { Estate, Storage } from "../state/estate";

type HostFile = { path: string; text: string; mode?: number };

/** /etc/pve/storage.cfg of the estate, in the form pve-common's SectionConfig writes. */
export function storageConfigText(storages: readonly Storage[]): string {
  return storages
    .map((storage) => {
      const lines = [`${storage.type}: ${storage.storage}`];
      if (storage.path) lines.push(`\tpath ${storage.path}`);
      if (storage.pool) lines.push(`\tpool ${storage.pool}`);
      lines.push(`\tcontent ${storage.content}`);
      if (storage.isMountpoint) lines.push("\tis_mountpoint 1");
      if (storage.pruneBackups) lines.push(`\tprune-backups ${storage.pruneBackups}`);
      if (storage.type === "zfspool") lines.push("\tsparse 1");
      return `${lines.join("\n")}\n`;
    })
    .join("\n");
}

/** What all nodes of a cluster share below /etc/pve. The secrets are made up, but their places are the real ones. */
export function clusterFiles(estate: Estate): HostFile[] {
  const files: HostFile[] = [
    { path: "storage.cfg", text: storageConfigText(estate.storages) },
    { path: "datacenter.cfg", text: "keyboard: de\nmac_prefix: BC:24:11\n" },
    {
      path: "user.cfg",
      text: "user:root@pam:1:0:::root@lab.example:::\nuser:undercroft@pve:1:0::::::\n\nacl:1:/:undercroft@pve:Administrator:\n",
    },
    { path: "domains.cfg", text: "pve: pve\n\tcomment Proxmox VE authentication server\n\npam: pam\n\tdefault 1\n" },
    { path: "jobs.cfg", text: "" },
    {
      path: "vzdump.cron",
      text: "# cluster wide vzdump cron schedule\n# Automatically generated file - do not edit\n",
    },
    { path: "firewall/cluster.fw", text: "[OPTIONS]\n\nenable: 1\n" },
    { path: "priv/shadow.cfg", text: "undercroft:$5$lab$notarealhash:\n", mode: 0o600 },
    { path: "priv/token.cfg", text: "undercroft@pve!lab 00000000-0000-4000-8000-000000000000\n", mode: 0o600 },
    { path: "priv/authkey.key", text: fakeKey("RSA PRIVATE KEY"), mode: 0o600 },
    { path: "pve-root-ca.pem", text: fakeKey("CERTIFICATE") },
    { path: "priv/pve-root-ca.key", text: fakeKey("RSA PRIVATE KEY"), mode: 0o600 },
  ];
  if (estate.clusterName) files.push({ path: "corosync.conf", text: corosyncText(estate.clusterName, estate.nodes) });
  return files;
}

function corosyncText(clusterName: string, nodes: readonly string[]): string {
  const list = nodes.map(
    (node, index) =>
      `  node {\n    name: ${node}\n    nodeid: ${index + 1}\n    quorum_votes: 1\n    ring0_addr: ${nodeAddress(index)}\n  }\n`,
  );
  const totem = `totem {\n  cluster_name: ${clusterName}\n  config_version: 2\n  version: 2\n}\n`;
  return `logging {\n  debug: off\n  to_syslog: yes\n}\n\nnodelist {\n${list.join("")}}\n\n${totem}`;
}

/** Addresses of the documentation range (RFC 5737): nothing on a real network answers there. */
export function nodeAddress(index: number): string {
  return `192.0.2.${11 + index}`;
}

/** A node's own files outside /etc/pve: those that pve's documentation says to keep. */
export function nodeFiles(node: string, nodes: readonly string[]): HostFile[] {
  const address = nodeAddress(nodes.indexOf(node));
  const hosts = nodes.map((name, index) => `${nodeAddress(index)} ${name}.lab.example ${name}\n`).join("");
  return [
    { path: "etc/hostname", text: `${node}\n` },
    { path: "etc/hosts", text: `127.0.0.1 localhost.localdomain localhost\n${hosts}` },
    { path: "etc/resolv.conf", text: "search lab.example\nnameserver 192.0.2.1\n" },
    {
      path: "etc/network/interfaces",
      text: [
        "auto lo",
        "iface lo inet loopback",
        "",
        "iface eno1 inet manual",
        "",
        "auto vmbr0",
        "iface vmbr0 inet static",
        `\taddress ${address}/24`,
        "\tgateway 192.0.2.1",
        "\tbridge-ports eno1",
        "\tbridge-stp off",
        "\tbridge-fd 0",
        "",
        "source /etc/network/interfaces.d/*",
        "",
      ].join("\n"),
    },
    { path: "etc/network/interfaces.d/storage", text: "# the storage network comes here\n" },
    {
      path: "etc/fstab",
      text: "# <file system> <mount point> <type> <options> <dump> <pass>\nproc /proc proc defaults 0 0\n",
    },
    {
      path: "etc/vzdump.conf",
      text: "# vzdump default settings\n\n#tmpdir: DIR\n#dumpdir: DIR\n#storage: STORAGE_ID\n",
    },
    { path: "etc/passwd", text: "root:x:0:0:root:/root:/bin/bash\n" },
    { path: "etc/shadow", text: "root:*:20000:0:99999:7:::\n", mode: 0o640 },
    { path: "etc/group", text: "root:x:0:\nwww-data:x:33:\n" },
    { path: "etc/subuid", text: "root:100000:65536\n" },
    { path: "etc/subgid", text: "root:100000:65536\n" },
    { path: "etc/default/pveproxy", text: "# ALLOW_FROM=192.0.2.0/24\n" },
    { path: "etc/default/grub", text: 'GRUB_CMDLINE_LINUX_DEFAULT="quiet"\n' },
    { path: "etc/kernel/cmdline", text: "root=ZFS=rpool/ROOT/pve-1 boot=zfs\n" },
    { path: "etc/modprobe.d/zfs.conf", text: "options zfs zfs_arc_max=4294967296\n" },
    { path: "etc/sysctl.d/99-local.conf", text: "vm.swappiness = 10\n" },
    { path: "etc/apt/sources.list.d/proxmox.sources", text: proxmoxSources },
    { path: "etc/ssh/ssh_host_ed25519_key", text: fakeKey("OPENSSH PRIVATE KEY"), mode: 0o600 },
    { path: "etc/cron.d/scrub", text: "0 3 1 * * root zpool scrub rpool\n" },
    {
      path: "root/.ssh/authorized_keys",
      text: "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIF admin@lab.example\n",
      mode: 0o600,
    },
    { path: "usr/local/bin/rotate-snapshots", text: "#!/bin/sh\nexit 0\n", mode: 0o755 },
    { path: "var/lib/vz/snippets/cloud-init.yaml", text: "#cloud-config\npackage_update: true\n" },
    {
      path: "var/lib/vz/template/cache/debian-13-standard_13.0-1_amd64.tar.zst",
      text: "stands for a template of 120 MB\n",
    },
    { path: "srv/shared/not-in-any-backup.txt", text: "behind a bind mount\n" },
  ];
}

const proxmoxSources = `Types: deb
URIs: http://download.proxmox.com/debian/pve
Suites: trixie
Components: pve-no-subscription
Signed-By: /usr/share/keyrings/proxmox-archive-keyring.gpg
`;

function fakeKey(kind: string): string {
  return `-----BEGIN ${kind}-----\nbWFkZSB1cCBmb3IgdGhlIGxhYg==\n-----END ${kind}-----\n`;
}
