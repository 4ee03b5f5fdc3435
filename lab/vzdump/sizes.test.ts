import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { archiveSizeText, bytesText, diskSizeText, durationText, elapsedText } from "./sizes";

type Pair = [number, string];

const cases = JSON.parse(readFileSync(new URL("../fixtures/truth/text-cases.json", import.meta.url), "utf8")) as Record<
  "archiveFileSize" | "finishedDuration" | "renderDuration" | "renderBytes1" | "renderBytes2" | "includeDiskSize",
  Pair[]
>;

describe("texts of sizes and durations, against upstream's own functions", () => {
  it.each(cases.archiveFileSize)("prints an archive of %i bytes as %s", (bytes, text) => {
    expect(archiveSizeText(bytes)).toBe(text);
  });

  it.each(cases.renderBytes1)("prints %i bytes with one decimal as %s", (bytes, text) => {
    expect(bytesText(bytes, 1)).toBe(text);
  });

  it.each(cases.renderBytes2)("prints %i bytes with two decimals as %s", (bytes, text) => {
    expect(bytesText(bytes, 2)).toBe(text);
  });

  it.each(cases.includeDiskSize)("prints a disk of %i bytes as %s", (bytes, text) => {
    expect(diskSizeText(bytes)).toBe(text);
  });

  it.each(cases.renderDuration)("prints a duration of %i seconds as %s", (seconds, text) => {
    expect(durationText(seconds * 1000)).toBe(text);
  });

  it.each(cases.finishedDuration)("prints an elapsed time of %i seconds as %s", (seconds, text) => {
    expect(elapsedText(seconds * 1000)).toBe(text);
  });
});
