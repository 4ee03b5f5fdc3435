import { describe, expect, it } from "vitest";
import recorded from "./fixtures/rclone-runs.json" with { type: "json" };
import { parseRcloneLine } from "./rclone-line";

const linesOf = (name: string) => {
  const run = recorded.runs.find((candidate) => candidate.name === name);
  if (!run) throw new Error(`no recorded run ${name}`);
  return run.lines.map(parseRcloneLine);
};

describe("parseRcloneLine", () => {
  it("reads progress under way", () => {
    const [first] = linesOf("dav-full");

    expect(first).toMatchObject({
      kind: "stats",
      stats: { bytesDone: 6_000_000, bytesTotal: 6_000_000, etaSeconds: null, transfersDone: 0, transfersTotal: 1 },
    });
    expect(first?.kind === "stats" && first.at).toEqual(new Date("2026-11-23T09:49:21.077Z"));
  });

  it("reads what newer versions write", () => {
    const line = parseRcloneLine(
      '{"time":"2026-11-23T00:55:52.115309+01:00","level":"notice","msg":"\\nTransferred: ...","source":"slog/logger.go:256",' +
        '"stats":{"bytes":125956096,"checks":0,"elapsedTime":1.56,"errors":0,"eta":2,"fatalError":false,"listed":1,' +
        '"serverSideCopies":0,"speed":84253523.3,"totalBytes":314572800,"totalTransfers":1,"transfers":0,' +
        '"transferring":[{"name":"f300.raw","srcFs":"/d","dstFs":"r:d"}]}}',
    );

    expect(line).toEqual({
      kind: "stats",
      at: new Date("2026-11-22T23:55:52.115Z"),
      stats: {
        bytesDone: 125_956_096,
        bytesTotal: 314_572_800,
        rateBytesPerSecond: 84_253_523.3,
        etaSeconds: 2,
        transfersDone: 0,
        transfersTotal: 1,
        errorCount: 0,
        lastError: null,
      },
    });
    expect(parseRcloneLine('{"level":"critical","msg":"Failed to copyto: directory not found"}')).toMatchObject({
      kind: "message",
      level: "error",
      text: "Failed to copyto: directory not found",
    });
  });

  it("shows by its totals when rclone took the destination for equal and copied nothing", () => {
    expect(linesOf("ok-sftp")).toMatchObject([{ stats: { transfersDone: 1, transfersTotal: 1, bytesDone: 300_000 } }]);
    expect(linesOf("ok-again")).toMatchObject([{ stats: { transfersDone: 0, transfersTotal: 0, bytesDone: 0 } }]);
  });

  it("reads errors as JSON and as the plain text of 1.60", () => {
    expect(linesOf("missing")).toMatchObject([
      {
        kind: "message",
        level: "error",
        text: "error reading source root directory: directory not found",
        object: "Local file system at /var/lib/vz/dump/nosuch.bin",
      },
      { kind: "message", level: "error", text: "Attempt 1/1 failed with 1 errors and: directory not found" },
      { kind: "stats", stats: { errorCount: 1, lastError: "directory not found" } },
      { kind: "message", level: "error", text: "Failed to copyto: directory not found", object: null, at: null },
    ]);
  });

  it.each([
    ["2026/11/23 00:55:57 ERROR : a.zst: Failed to copy: EOF", "error", "a.zst: Failed to copy: EOF"],
    [
      "2026/11/23 00:55:57 NOTICE: Serving remote control on http://127.0.0.1:36195/",
      "info",
      /^Serving remote control/,
    ],
    ["2026/11/23 00:55:57 INFO  : There was nothing to transfer", "info", "There was nothing to transfer"],
    ["2026/11/23 00:55:57 DEBUG : rclone: Version", "debug", "rclone: Version"],
    ['{"level":"debug","msg":"x"}', "debug", "x"],
    ['{"level":"warning","msg":"Serving remote control"}', "info", "Serving remote control"],
    ["caused by: unsupported transport", "error", "caused by: unsupported transport"],
    ["something else altogether", "info", "something else altogether"],
    ['{"level":"error","msg":"cut in the mid', "info", '{"level":"error","msg":"cut in the mid'],
    ['{"level":7}', "info", ""],
  ])("reads '%s'", (line, level, text) => {
    const parsed = parseRcloneLine(line);

    expect(parsed).toMatchObject({ kind: "message", level });
    if (parsed.kind === "message") expect(parsed.text).toMatch(text);
  });

  it("passes over usage hints and empty lines", () => {
    const texts = linesOf("usage").filter(({ kind }) => kind !== "noise");

    expect(texts).toMatchObject(
      [{ level: "error", text: /^Command copyto needs 2 arguments/ }].map((line) => ({ level: line.level })),
    );
    expect(parseRcloneLine("")).toEqual({ kind: "noise" });
  });
});
