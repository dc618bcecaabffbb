import { type Config, parse, View } from "vega";
import { compile, type TopLevelSpec } from "vega-lite";

export type Ratio = { readonly bench: string; readonly what: string; readonly ratio: number };

/** Ratios in lines such as "ours / udsv 0.92×", "a page · 4.1 · 1.9 · 2.16×" or "ratio 2.00 × reading alone". */
export function ratiosIn(bench: string, lines: readonly string[]): readonly Ratio[] {
  return lines.flatMap((line) => {
    const pairs = [...line.matchAll(/([a-z]+ \/ [a-z]+(?: only)?) (\d+(?:\.\d+)?)/g)];
    if (pairs.length > 0) {
      const manner = /^([a-z ]+): /.exec(line)?.[1];
      return pairs.map(([, names = "", ratio]) => ({
        bench,
        what: manner === undefined ? names : `${names} (${manner})`,
        ratio: Number(ratio),
      }));
    }
    const found = /(\d[\d,]*(?:\.\d+)?)\s*×/.exec(line) ?? /ratio\D*(\d[\d,]*(?:\.\d+)?)/.exec(line);
    const ratio = Number(found?.[1]?.replaceAll(",", ""));
    if (found === null || !(ratio > 0)) return [];
    const rest = line
      .replace(found[0], "")
      .replace(/^ratio\s*/, "")
      // The figures themselves stand in the table beside the drawing.
      .replaceAll(/[·,]?\s*\d[\d,.]*(?:\s*(?:jobs)?\/s)?/g, "")
      .replaceAll(/[·,\s]+/g, " ")
      .trim();
    return [{ bench, what: (rest === "" ? "ours / beside" : rest).slice(0, 40), ratio }];
  });
}

/** A drawing (SVG) of the ratios on a logarithmic scale; 1 is "as much as its peer". */
export async function plotRatios(ratios: readonly Ratio[]): Promise<string> {
  const spec: TopLevelSpec = {
    data: { values: ratios.map((each) => ({ ...each, label: `${each.bench}: ${each.what}` })) },
    width: 420,
    height: { step: 16 },
    background: "white",
    layer: [
      { mark: { type: "rule", color: "#999" }, encoding: { x: { datum: 1 } } },
      {
        mark: { type: "point", filled: true, size: 60 },
        encoding: {
          x: { field: "ratio", type: "quantitative", scale: { type: "log" }, title: "ours ÷ beside" },
          y: { field: "label", type: "nominal", sort: null, title: null, axis: { labelLimit: 600 } },
          color: { field: "bench", type: "nominal", legend: null },
        },
      },
    ],
  };
  const config: Config = {};
  return new View(parse(compile(spec).spec, config), { renderer: "none" }).toSVG();
}
