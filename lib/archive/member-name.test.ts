import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { escapeName, unescapeName } from "./member-name";

describe("escapeName", () => {
  it.each([
    ["./etc/hosts", "./etc/hosts"],
    ["größe 日本 😀", "größe 日本 😀"],
    ["back\\x2dslash", "back\\\\x2dslash"],
    ["two\nlines\x1b[31m\x7f", "two\\nlines\\033[31m\\177"],
    ["c1 \u0085", "c1 \\302\\205"],
  ])("writes %j as %j", (name, escaped) => {
    expect(escapeName(Buffer.from(name))).toBe(escaped);
  });

  it("writes bytes that are not UTF-8 one by one, and keeps the text around them", () => {
    expect(escapeName(Buffer.from("636166e9", "hex"))).toBe("caf\\351");
    expect(escapeName(Buffer.from("c3a9ff5ce282ac", "hex"))).toBe("é\\377\\\\€");
    // A surrogate, an overlong slash, and a sequence that is cut.
    expect(escapeName(Buffer.from("eda080c0afe282", "hex"))).toBe("\\355\\240\\200\\300\\257\\342\\202");
  });

  it("loses no byte of any name", () => {
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 40 }),
      fc.string({ unit: "binary" }).map((text) => Buffer.from(text)),
    );

    fc.assert(
      fc.property(bytes, (name) => {
        expect([...unescapeName(escapeName(Buffer.from(name)))]).toEqual([...name]);
      }),
    );
  });

  it("gives different names for different bytes, and never a control character", () => {
    const bytes = fc.uint8Array({ maxLength: 6 });

    fc.assert(
      fc.property(bytes, bytes, (one, other) => {
        const names = [one, other].map((name) => escapeName(Buffer.from(name)));
        expect(names[0] === names[1]).toBe(Buffer.from(one).equals(Buffer.from(other)));
        expect(names.join("")).not.toMatch(/\p{Cc}/u);
      }),
    );
  });
});
