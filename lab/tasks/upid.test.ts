import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { formatUpid, parseUpid } from "./upid";

type UpidCase = {
  in: string;
  out?: { id: string; node: string; pid: number; pstart: number; starttime: number; type: string; user: string };
};

const { upstreamUpid } = JSON.parse(
  readFileSync(new URL("../fixtures/truth/text-cases.json", import.meta.url), "utf8"),
) as { upstreamUpid: UpidCase[] };

describe("UPIDs, against upstream's own test", () => {
  it.each(upstreamUpid)("reads $in", ({ in: upid, out }) => {
    const parsed = parseUpid(upid);

    if (!out) expect(parsed).toBeUndefined();
    else {
      const { node, pid, type, id, user } = out;
      expect(parsed).toEqual({
        upid,
        node,
        pid,
        type,
        id,
        user,
        processStart: out.pstart,
        startedAtSeconds: out.starttime,
      });
      if (parsed) expect(formatUpid(parsed)).toBe(upid);
    }
  });
});
