import { describe, expect, it } from "vitest";

import { createLineSplitter, createLineTail } from "./line-splitter";

function split(chunks: (string | Buffer)[], cap?: number): string[] {
  const lines: string[] = [];
  const splitter = createLineSplitter((line) => lines.push(line), cap);
  for (const chunk of chunks) splitter.write(Buffer.from(chunk));
  splitter.end();
  return lines;
}

describe("createLineSplitter", () => {
  it("joins lines that arrive in pieces and delivers the last one without its newline", () => {
    expect(split(["INFO: sta", "rting\nINFO: 4", "2%\n\nlast"])).toEqual(["INFO: starting", "INFO: 42%", "", "last"]);
  });

  it("keeps a character whose bytes arrive in two pieces", () => {
    const bytes = Buffer.from("Büro\n");
    expect(split([bytes.subarray(0, 2), bytes.subarray(2)])).toEqual(["Büro"]);
  });

  it("drops the carriage return of a line's ending only", () => {
    expect(split(["a\rb\r\n"])).toEqual(["a\rb"]);
  });

  it("cuts a line over the cap and says how much is missing, in one piece or in many", () => {
    expect(split(["abcdefgh\nxy\n"], 5)).toEqual(["abcde [3 more characters]", "xy"]);
    expect(split(["abc", "def", "gh\nxy"], 5)).toEqual(["abcde [3 more characters]", "xy"]);
  });
});

describe("createLineTail", () => {
  it("keeps the last lines in their order", () => {
    const tail = createLineTail(2);
    for (const line of ["one", "two", "three"]) tail.push(line);
    expect(tail.text()).toBe("two\nthree");
  });
});
