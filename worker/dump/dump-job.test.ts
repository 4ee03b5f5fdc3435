import { describe, expect, it } from "vitest";
import { AppError } from "@/lib/domain/errors";
import { asAppError } from "./dump-job";

const errno = (code: string) => Object.assign(new Error(`${code}: said the system`), { code });

describe("asAppError", () => {
  it.each([
    ["ENOSPC", "dump_directory_full"],
    ["EDQUOT", "dump_directory_full"],
    ["EROFS", "dump_directory_unusable"],
    ["EACCES", "dump_directory_unusable"],
    ["EIO", "dump_directory_unusable"],
    ["EEXIST", "conflict"],
    ["EMFILE", "tool_failed"],
  ])("takes %s for %s and keeps the system's words", (code, expected) => {
    expect(asAppError(errno(code))).toMatchObject({
      code: expected,
      message: expect.stringContaining("said the system"),
    });
  });

  it("leaves a failure that is named already as it is", () => {
    const named = new AppError("archive_unreadable", "damaged");

    expect(asAppError(named)).toBe(named);
  });
});
