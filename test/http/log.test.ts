import { Writable } from "node:stream";
import { expect, it } from "vitest";
import { createLogger } from "../../src/http/log.ts";

function logged(write: (logger: ReturnType<typeof createLogger>) => void): string {
  let text = "";
  const sink = new Writable({
    write(chunk: Buffer, _encoding, done) {
      text += chunk.toString();
      done();
    },
  });
  write(createLogger("debug", sink));
  return text;
}

it("prints no phone number, wherever it hides and however it is written", () => {
  const text = logged((logger) => {
    logger.info(
      { url: "/x/0901234567", nested: { list: ["+84 90 123 45 67", "84-90-123-4567"] } },
      "sent 0901 234 567",
    );
    logger.error(
      { err: new Error("duplicate key (0901234567)", { cause: new Error("at 090.123.4567") }) },
      "failed",
    );
    logger.warn({ error: new Error("0901234567") }, "x");
  });
  expect(text).not.toMatch(/0901|123.?4|234.?567/);
  expect(text.match(/\[number\]/g)?.length).toBeGreaterThanOrEqual(6);
});

it("prints no secret that came in a header", () => {
  const text = logged((logger) =>
    logger.info(
      {
        authorization: "Bearer sg_live_x",
        req: { headers: { authorization: "Bearer sg_live_x", cookie: "a" } },
      },
      "x",
    ),
  );
  expect(text).not.toContain("sg_live_x");
});

it("keeps what an operator needs: ids, digests, times, causes and stacks", () => {
  const digest = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";
  const id = "018f4e2a-7c1b-7d3e-9a55-123456789012";
  const text = logged((logger) =>
    logger.error(
      {
        digest,
        id,
        at: "2026-01-31T09:00:00Z",
        durationMs: 12,
        err: new Error("a", { cause: new Error("b") }),
      },
      "x",
    ),
  );
  const line = JSON.parse(text) as Record<string, unknown>;
  expect(line).toMatchObject({ digest, id, at: "2026-01-31T09:00:00Z", durationMs: 12 });
  expect(line["err"]).toMatchObject({ type: "Error", message: "a", cause: { message: "b" } });
  expect(text).toContain("log.test.ts");
});
