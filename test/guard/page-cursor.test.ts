import { expect, test } from "vitest";
import { GuardError } from "../../src/domain/guard-error.ts";
import { readIdCursor } from "../../src/guard/page-cursor.ts";

const cursorOf = (text: string): string => Buffer.from(text).toString("base64url");

test("the cursor of a page leads to its last id, none to the start", () => {
  const id = "01a20b7f-75ce-7f30-8531-3e3c4b770e9d";
  expect(readIdCursor(cursorOf(id))).toBe(id);
  expect(readIdCursor(null)).toBeNull();
});

test.each(["", "garbage", cursorOf("7.0"), cursorOf("01a20b7f-75ce-7f30-8531-3e3c4b770e9d more")])(
  "a cursor that nobody gave out is the request's fault, no missing object: %j",
  (cursor) => {
    expect(() => readIdCursor(cursor)).toThrow(GuardError);
    expect(() => readIdCursor(cursor)).toThrow(expect.objectContaining({ code: "invalid_request" }));
  },
);
