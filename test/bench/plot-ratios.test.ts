import { expect, test } from "vitest";
import { plotRatios, ratiosIn } from "../../bench/plot-ratios.ts";

test("ratios are read from the forms in which measurements say them", () => {
  const lines = [
    "ours / udsv 0.92×",
    "ratio 2.00 × reading alone",
    "ratio 9.4",
    "1,648,180 numbers/CPU-s",
    "176× one query",
  ];
  expect(ratiosIn("csv", lines).map(({ ratio }) => ratio)).toEqual([0.92, 2, 9.4, 176]);
});

test("the plot is a drawing that names every measurement", async () => {
  const svg = await plotRatios(ratiosIn("csv", ["ours / udsv 0.92×"]));
  expect(svg).toMatch(/^<svg /);
  expect(svg).toContain("csv: ours / udsv");
});
