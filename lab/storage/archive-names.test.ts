import { readFileSync } from "node:fs";
import { afterEach, describe, expect, it } from "vitest";
import { archiveBaseName, parseArchiveName } from "./archive-names";

type NameCase = {
  name: string;
  tz: string;
  error?: string;
  type?: string;
  vmid?: number | null;
  ctime?: number | null;
  std?: number;
  log?: string | null;
};

const cases = JSON.parse(
  readFileSync(new URL("../fixtures/truth/archive-name-cases.json", import.meta.url), "utf8"),
) as NameCase[];

const zone = process.env.TZ;

afterEach(() => {
  if (zone === undefined) delete process.env.TZ;
  else process.env.TZ = zone;
});

describe("parseArchiveName", () => {
  it.each(cases.filter((name) => name.std === 1))("reads $name in $tz", ({ name, tz, type, vmid, ctime, log }) => {
    process.env.TZ = tz;

    const parsed = parseArchiveName(name);

    expect(parsed).toMatchObject({ subtype: type, vmid });
    expect((parsed?.createdAt?.getTime() ?? Number.NaN) / 1000).toBe(ctime);
    expect(`${archiveBaseName(name)}.log`).toBe(log);
  });

  it.each(cases.filter((name) => name.std !== 1))("takes no time from $name", ({ name, tz }) => {
    process.env.TZ = tz;

    expect(parseArchiveName(name)?.createdAt).toBeUndefined();
  });
});
