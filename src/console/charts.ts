export type Bar = {
  readonly label: string;
  readonly value: number;
  /** Class of its colour. */
  readonly tone?: string;
};

const escapes: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
const escaped = (text: string): string => text.replace(/[&<>"]/g, (sign) => escapes[sign] ?? sign);

/**
 * Columns over time as an inline SVG. It is a picture with a name: the same numbers stand in a table beside it for
 * those who cannot see it. No style attribute, which the content security policy forbids.
 */
export function columnChart(title: string, bars: readonly Bar[]): string {
  const width = 480;
  const height = 180;
  const base = height - 24;
  const top = 22;
  const largest = Math.max(1, ...bars.map((bar) => bar.value));
  const step = width / Math.max(1, bars.length);
  const columns = bars.map((bar, at) => {
    const tall = bar.value === 0 ? 0 : Math.max(2, ((base - top) * bar.value) / largest);
    const x = at * step + step * 0.15;
    const middle = round(at * step + step / 2);
    // Labels of every bar would overlap from about two weeks on.
    const labelled = bars.length <= 8 || at % Math.ceil(bars.length / 8) === 0;
    return [
      `<rect class="bar ${bar.tone ?? ""}" x="${round(x)}" y="${round(base - tall)}" width="${round(step * 0.7)}" height="${round(tall)}" rx="2"/>`,
      bar.value > 0
        ? `<text class="value" x="${middle}" y="${round(base - tall - 5)}" text-anchor="middle">${bar.value}</text>`
        : "",
      labelled
        ? `<text x="${middle}" y="${height - 7}" text-anchor="middle">${escaped(bar.label)}</text>`
        : "",
    ].join("");
  });
  return `<svg class="columns" viewBox="0 0 ${width} ${height}" role="img" aria-label="${escaped(title)}"><line class="axis" x1="0" x2="${width}" y1="${base}" y2="${base}"/>${columns.join("")}</svg>`;
}

/** A bar whose length is its share of the largest; decoration beside a number in a table. */
export function shareBar(value: number, largest: number, tone = ""): string {
  const width = largest === 0 ? 0 : round((100 * value) / largest);
  return `<svg class="share" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true"><rect class="track" width="100" height="8"/><rect class="bar ${escaped(tone)}" width="${width}" height="8"/></svg>`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
