import { describe, expect, it } from "vitest";
import { isAnotherIncarnation } from "@/lib/domain/guest";
import { guestFingerprint } from "./guest-fingerprint";

describe("guestFingerprint", () => {
  it("takes a VM's creation time, SMBIOS UUID and MAC addresses", () => {
    const config = {
      name: "erp-db",
      meta: "creation-qemu=9.0.2,ctime=1719840000",
      smbios1: "uuid=1B2C3D4E-0000-4000-8000-000000000001,base64=1",
      net1: "e1000=bc:24:11:00:00:02,bridge=vmbr1",
      net0: "virtio=BC:24:11:00:00:01,bridge=vmbr0,firewall=1",
      scsi0: "local:200/vm-200-disk-0.qcow2,size=1G",
    };

    expect(guestFingerprint(config)).toBe(
      "ctime:1719840000 mac:BC:24:11:00:00:01 mac:BC:24:11:00:00:02 uuid:1b2c3d4e-0000-4000-8000-000000000001",
    );
  });

  it("takes a container's MAC addresses", () => {
    const config = { hostname: "web01", net0: "name=eth0,bridge=vmbr0,hwaddr=BC:24:11:AA:BB:CC,type=veth" };

    expect(guestFingerprint(config)).toBe("mac:BC:24:11:AA:BB:CC");
  });

  it("is empty when nothing of the guest is for life, and an unknown guest is never called another one", () => {
    const bare = guestFingerprint({ hostname: "web01", description: "moved from BC:24:11:AA:BB:CC" });

    expect(bare).toBe("");
    expect(isAnotherIncarnation("mac:BC:24:11:AA:BB:CC", bare)).toBe(false);
  });

  it("tells a guest that got a new network card from another guest under the same VMID", () => {
    const before = guestFingerprint({ meta: "ctime=1", net0: "virtio=BC:24:11:00:00:01" });

    expect(isAnotherIncarnation(before, guestFingerprint({ meta: "ctime=1", net0: "virtio=BC:24:11:00:00:09" }))).toBe(
      false,
    );
    expect(isAnotherIncarnation(before, guestFingerprint({ meta: "ctime=2", net0: "virtio=BC:24:11:00:00:09" }))).toBe(
      true,
    );
  });
});
