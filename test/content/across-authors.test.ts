import { beforeAll, describe, expect, test } from "vitest";
import { direction } from "../../scripts/content/directions.ts";
import { disguises } from "../../scripts/content/disguises.ts";
import { judgeLines, type Outcome, summarise } from "../../scripts/content/measure.ts";
import { createScanner } from "../../src/content/scan.ts";

/**
 * What the pipeline holds on an author whose lines it was not trained on. The floors are what is reached, rounded down,
 * so that a change that costs detection is seen; docs/detection.md sets them beside the goals.
 */
const floors = {
  a: { caught: 0.9, passFlagged: 0.04, passBlocked: 0.005, category: 0.92 },
  b: { caught: 0.91, passFlagged: 0.04, passBlocked: 0.005, category: 0.94 },
} as const;

describe.each(["a", "b"] as const)("trained on author %s and measured on the other", (author) => {
  let outcomes: readonly Outcome[] = [];
  let scanner = createScanner();
  beforeAll(() => {
    const trained = direction(author);
    outcomes = judgeLines(trained.data, trained.unseen);
    scanner = createScanner(trained.data);
  });

  test("block lines are blocked or sent to review", () => {
    const { caught, blockLines } = summarise(outcomes);
    expect(caught / blockLines).toBeGreaterThanOrEqual(floors[author].caught);
  });

  test("ordinary lines pass", () => {
    const { passFlagged, passBlocked, passLines } = summarise(outcomes);
    expect(passFlagged / passLines).toBeLessThanOrEqual(floors[author].passFlagged);
    expect(passBlocked / passLines).toBeLessThanOrEqual(floors[author].passBlocked);
  });

  test("what is caught is given its category", () => {
    const { categoryRight, caughtAll } = summarise(outcomes);
    expect(categoryRight / caughtAll).toBeGreaterThanOrEqual(floors[author].category);
  });

  test.each([
    "zero-width",
    "soft hyphen",
    "Cyrillic look-alikes",
    "full width",
    "NFD",
    "inline tags",
    "entities",
    "tone placement",
    "no diacritics",
    "uppercase",
    "repeated letters",
    "teencode",
    "base64",
    "terms spaced",
    "terms dotted",
    "terms dashed",
    "terms joined",
    "telex",
    "terms leet",
    "terms leet, bare",
    "terms masked be*nh",
    "terms masked b*nh",
  ])("%s still finds what is caught in the clear", (name) => {
    const disguise = disguises[name] ?? ((text: string) => text);
    let kept = 0;
    let caught = 0;
    for (const { line, verdict } of outcomes) {
      if (line.label === "pass" || verdict === "pass" || line.channel === "field") continue;
      const { terms } = scanner.examine(line.text, { channel: line.channel });
      caught++;
      if (scanner.scanText(disguise(line.text, terms), { channel: line.channel }).verdict !== "pass") kept++;
    }
    expect(kept / caught).toBeGreaterThanOrEqual(name === "no diacritics" ? 0.94 : 0.95);
  });
});
