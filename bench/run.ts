/**
 * Every measurement, small, one after another, and what they say as docs/performance.md with a plot of the ratios.
 * Run: npm run bench [-- --quick] [name …]; --quick takes smaller sizes and under six minutes in all, names choose among
 * the files, larger sizes are arguments of each file itself. One that fails or hangs is told and does not hold the rest.
 */
import { spawn } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { cpus, totalmem } from "node:os";
import { fileURLToPath } from "node:url";
import { stripVTControlCharacters } from "node:util";
import { plotRatios, ratiosIn } from "./plot-ratios.ts";

const root = fileURLToPath(new URL("..", import.meta.url));

type Bench = {
  readonly file: string;
  readonly args: readonly string[];
  /** Smaller sizes; unset: the same. */
  readonly quick?: readonly string[];
  readonly what: string;
  readonly beside: string;
  /** The lines of its output that hold the comparison. */
  readonly telling: RegExp;
};

const benches: readonly Bench[] = [
  {
    file: "rules",
    args: [],
    what: "decisions of the engine",
    beside: "cedar-wasm on the same policy",
    telling: /^ratio|decisions\/s/,
  },
  {
    file: "scan",
    args: [],
    what: "the content guard on messages",
    beside: "an Aho-Corasick of the same terms alone",
    telling: /×/,
  },
  {
    file: "page-scan",
    args: [],
    what: "a landing page of 200 kB",
    beside: "parse5 alone",
    telling: /ms CPU/,
  },
  {
    file: "phone",
    args: [],
    what: "reading phone numbers",
    beside: "libphonenumber-js max",
    telling: /^ratio/,
  },
  {
    file: "csv",
    args: ["100000"],
    quick: ["20000"],
    what: "reading CSV",
    beside: "udsv, a naive split, counting line ends",
    telling: /^ours \//,
  },
  {
    file: "ledger-tree",
    args: ["200000"],
    quick: ["50000"],
    what: "the pure ledger",
    beside: "RFC 6962 written down plainly",
    telling: /×/,
  },
  {
    file: "import",
    args: ["100000"],
    quick: ["20000"],
    what: "an import, everything included",
    beside: "multi-row INSERTs; COPY and a merge alone",
    telling: /^(elapsed|processor time):/,
  },
  {
    file: "decide",
    args: ["100000", "300"],
    quick: ["20000", "100"],
    what: "a campaign's recipients decided and stored",
    beside: "statements of its own for each recipient",
    telling: /recipients\/s|^ratio/,
  },
  {
    file: "preview-http",
    args: ["1500"],
    quick: ["300"],
    what: "a preview over HTTP",
    beside: "bare Express",
    telling: /µs\/request/,
  },
  {
    file: "queue",
    args: ["1000"],
    quick: ["300"],
    what: "the queue",
    beside: "BullMQ alone",
    telling: /ratio|×|%/,
  },
  {
    file: "hand-off",
    args: ["5000", "1"],
    quick: ["600", "1"],
    what: "approval to last outcome",
    beside: "the same pipeline without a guard",
    telling: /ratio|×|%/,
  },
  {
    file: "ledger-verify",
    args: ["1000000"],
    quick: ["100000"],
    what: "a whole ledger verified from inside",
    beside: "reading it in one query; hashing alone",
    telling: /^ratio|verified|signed/,
  },
];

const quick = process.argv.includes("--quick");
const chosen = process.argv.slice(2).filter((word) => word !== "--quick");
// A measurement that hangs must not hold the others.
const limitMs = quick ? 30_000 : 10 * 60_000;

type Result = { readonly bench: Bench; readonly ended: string; readonly output: string };

function run(bench: Bench): Promise<Result> {
  return new Promise((resolve) => {
    const args = [
      "--import",
      "tsx",
      `bench/${bench.file}.ts`,
      ...((quick ? bench.quick : undefined) ?? bench.args),
    ];
    const child = spawn(process.execPath, args, { cwd: root, stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    const hear = (piece: Buffer): void => {
      process.stdout.write(piece);
      output += piece.toString();
    };
    child.stdout.on("data", hear);
    child.stderr.on("data", hear);
    const limit = setTimeout(() => {
      child.kill("SIGTERM");
      setTimeout(() => child.kill("SIGKILL"), 5_000).unref();
    }, limitMs);
    child.once("close", (code, signal) => {
      clearTimeout(limit);
      resolve({ bench, ended: signal ?? String(code), output });
    });
  });
}

const results: Result[] = [];
for (const bench of benches) {
  if (chosen.length > 0 && !chosen.includes(bench.file)) continue;
  console.log(`\n── ${bench.file}: ${bench.what}, beside ${bench.beside}`);
  results.push(await run(bench));
}

// Colours and box drawing are for terminals.
const plain = (text: string): string =>
  stripVTControlCharacters(text)
    .split("\n")
    .map((line) => line.replaceAll(/[│|]/g, " ").trimEnd())
    .filter((line) => !/^[─┌┐└┘├┤┬┴┼\s]*$/.test(line))
    .join("\n");
const tellingLines = ({ bench, output }: Result): readonly string[] =>
  plain(output)
    .split("\n")
    .filter((line) => bench.telling.test(line))
    .map((line) => line.trim().replaceAll(/\s{2,}/g, " · "));
const row = (result: Result): string => {
  const { bench, ended } = result;
  const lines = tellingLines(result);
  const said = ended === "0" ? lines.join("<br>") : `did not end well (${ended})`;
  return `| [${bench.file}](../bench/${bench.file}.ts) | ${bench.what} | ${bench.beside} | ${said} |`;
};
const packageVersion = String(JSON.parse(readFileSync(`${root}package.json`, "utf8")).version);
const page = `# Performance

Written by \`npm run bench\`; not by hand. Each measurement stands beside a peer or a physical limit **in the same run**, so
read the ratios: the absolute figures belong to one machine at one moment. Sizes are small; each file takes larger ones.

${cpus().length} × ${cpus()[0]?.model ?? "unknown"}, ${Math.round(totalmem() / 2 ** 30)} GB, Node ${process.versions.node}, ${process.platform}; subscriber-guard ${packageVersion}.

${quick ? "Taken with `--quick`: small sizes, rough figures.\n\n" : ""}![Ratios of every measurement](performance.svg)

| file | what | beside | says |
|---|---|---|---|
${results.map(row).join("\n")}

${results.map(({ bench, output }) => `## ${bench.file}\n\n\`\`\`text\n${plain(output).trim()}\n\`\`\``).join("\n\n")}
`;
// A choice of some is for looking at, not for the page.
if (chosen.length === 0) {
  writeFileSync(`${root}docs/performance.md`, page);
  const ratios = results.flatMap((result) => ratiosIn(result.bench.file, tellingLines(result)));
  writeFileSync(`${root}docs/performance.svg`, await plotRatios(ratios));
} else console.log(`\n${page}`);
if (results.some(({ ended }) => ended !== "0")) process.exitCode = 1;
