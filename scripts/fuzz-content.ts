// Feeds the content guard hostile text: npx tsx scripts/fuzz-content.ts [executions] [from] — says how many ran, and
// stops at the first crash or span outside the text; executions above the limit are counted. Resumable: start again at `from`.
import { createScanner } from "../src/content/scan.ts";
import { seeded } from "./content/trainer.ts";

/** Most of the text is short, so that ten million executions end; one in 50,000 is 64 kB long. */
const limitMs = 100;
const [, , executions = "100000", from = "0"] = process.argv;
const scanner = createScanner();
const seeds = [
  "kết quả HIV của chị là dương tính ",
  "b*n",
  "H.I.V ",
  "4111 1111 1111 1111 ",
  "&#65;",
  "<b>",
  "{{cccd}}",
  "a\u0301\u200b",
  "QUJDREVGR0hJSktM",
  "\ud83d",
  "ung thu ",
  "cccd 079188004521 ",
  "%{x}",
  "\u0000",
  "ddieeuf ",
];

function textFor(execution: number): string {
  const random = seeded(execution);
  const size = execution % 50_000 === 0 ? 65_536 : Math.floor(random() * 120);
  let out = "";
  while (out.length < size) {
    const piece = seeds[Math.floor(random() * seeds.length)] ?? "";
    out +=
      random() < 0.3
        ? String.fromCharCode(Math.floor(random() * 0x10000))
        : piece.slice(0, 1 + Math.floor(random() * piece.length));
  }
  return out.slice(0, size);
}

const first = Number(from);
const last = first + Number(executions);
let slowestMs = 0;
let overLimit = 0;
for (let execution = first; execution < last; execution++) {
  const text = textFor(execution);
  const start = process.cpuUsage();
  const { findings } = scanner.scanText(text);
  const used = process.cpuUsage(start);
  const spentMs = (used.user + used.system) / 1000;
  slowestMs = Math.max(slowestMs, spentMs);
  if (spentMs > limitMs) overLimit++;
  for (const { span } of findings)
    if (span[0] < 0 || span[0] > span[1] || span[1] > text.length)
      throw new Error(`execution ${execution} points outside its text`);
}
console.log(
  `${last - first} executions (${first} to ${last - 1}), slowest ${slowestMs.toFixed(1)} ms of CPU, ${overLimit} above ${limitMs} ms`,
);
