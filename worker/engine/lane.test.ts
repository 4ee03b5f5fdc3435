import { describe, expect, it } from "vitest";
import { Lane } from "./lane";

function gate() {
  let open = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { open, opened };
}

const settle = () => new Promise((resolve) => setImmediate(resolve));

describe("Lane", () => {
  it("never runs more than its limit, and takes what waits in the order it came", async () => {
    const lane = new Lane(2);
    const gates = [gate(), gate(), gate()];
    const started: number[] = [];
    const ends = gates.map(({ opened }, position) =>
      lane.run(async () => {
        started.push(position);
        await opened;
      }),
    );

    await settle();
    expect(started).toEqual([0, 1]);

    gates[1]?.open();
    await settle();
    expect(started).toEqual([0, 1, 2]);

    for (const { open } of gates) open();
    await Promise.all(ends);
  });

  it("goes on after work that failed", async () => {
    const lane = new Lane(1);

    await expect(lane.run(() => Promise.reject(new Error("broken")))).rejects.toThrow("broken");

    expect(await lane.run(async () => "next")).toBe("next");
  });
});
