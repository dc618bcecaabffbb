// Withdrawals against hand-offs under faults, as long as asked for; several runs add up in one file.
// Run: npm run test:faults -- [--withdrawals=2000] [--faults=300] [--seconds=90] [--seed=1] [--results=faults.jsonl]
import { appendFileSync, existsSync, readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { runFaultSlice } from "../test/faults/fault-slice.ts";
import { type FaultFigures, noViolations } from "../test/faults/fault-verdict.ts";

const { values } = parseArgs({
  options: {
    withdrawals: { type: "string", default: "2000" },
    faults: { type: "string", default: "300" },
    seconds: { type: "string", default: "90" },
    seed: { type: "string" },
    results: { type: "string", default: "faults.jsonl" },
  },
});

const before = known(values.results);
// Each further run takes the next seed, so that runs that add up do not repeat one another.
const seed = Number(values.seed ?? 20_261_124 + before.length);
const figures = await runFaultSlice({
  seed,
  withdrawals: Number(values.withdrawals),
  faults: Number(values.faults),
  secondsMax: Number(values.seconds),
});
appendFileSync(values.results, `${JSON.stringify(figures)}\n`);
const all = [...before, figures];
const sum = (of: (one: FaultFigures) => number): number => all.reduce((total, one) => total + of(one), 0);
const faultsOf = (one: FaultFigures): number => Object.values(one.faults).reduce((a, b) => a + b, 0);
const broken = all.filter((one) => JSON.stringify(one.violations) !== JSON.stringify(noViolations));
process.stdout.write(`${JSON.stringify(figures, null, 1)}\n`);
process.stdout.write(
  `${all.length} runs: ${sum((one) => one.withdrawals)} withdrawals, ${sum(faultsOf)} faults, ` +
    `${sum((one) => one.calls)} calls, ${broken.length} runs with a broken promise\n`,
);
process.exit(broken.length === 0 ? 0 : 1);

function known(path: string): readonly FaultFigures[] {
  if (!existsSync(path)) return [];
  const lines = readFileSync(path, "utf8").split("\n");
  return lines.filter((line) => line !== "").map((line) => JSON.parse(line) as FaultFigures);
}
