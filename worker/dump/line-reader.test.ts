import { describe, expect, it } from "vitest";
import { createLineReader } from "./line-reader";

function read(chunks: (string | Buffer)[]): string[][] {
  const got: string[][] = [];
  const reader = createLineReader((lines) => got.push(lines));
  for (const chunk of chunks) reader.push(Buffer.from(chunk));
  reader.end();
  return got;
}

describe("createLineReader", () => {
  it("gives out whole lines, those of one chunk together, and the rest at the end", () => {
    expect(read(["one\ntwo\nthr", "ee\r\n\n", "last"])).toEqual([["one", "two"], ["three", ""], ["last"]]);
  });

  it("joins a character that two chunks share", () => {
    expect(read([Buffer.from("c3", "hex"), Buffer.from("a40a", "hex")])).toEqual([["ä"]]);
  });

  it("keeps the start of a line of megabytes and says how much it left out", () => {
    const megabyte = "x".repeat(1024 * 1024);

    const [[line] = []] = read([megabyte, megabyte, "end\nnext\n"]);

    expect(line).toBe(`${"x".repeat(65_536)} [2031619 more bytes]`);
  });
});
