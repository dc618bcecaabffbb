// Checks the models in spec/ with Spin: the protocol passes, and each tempting wrong design fails on an assertion.
// Run: npm run check:model (needs spin and gcc)
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

type Run = {
  readonly model: string;
  readonly definitions: readonly string[];
  /** Also that everything comes to an end under fair scheduling. */
  readonly live?: true;
};
export type ModelCase = Run & { readonly name: string; readonly design: "right" | "wrong" };
export type ModelAnswer = { readonly holds: boolean; readonly broken: string | null };

const handOff = (design: ModelCase["design"], definition: string, live?: true): ModelCase => ({
  name: `hand-off ${definition}`,
  model: "hand-off.pml",
  design,
  definitions: [definition],
  ...(live === undefined ? {} : { live }),
});

/** Which of the variants of withdrawal.pml are right; the others are the tempting ones. */
const rightVariants = [4, 5, 8, 10, 11, 14];

export const modelCases: readonly ModelCase[] = [
  handOff("right", "PROTOCOL"),
  handOff("right", "PROTOCOL", true),
  ...[
    "CAP_READ_BEFORE",
    "CAP_BY_OUTCOME",
    "CAP_FREED_BY_UNKNOWN",
    "STOP_READ_BEFORE",
    "STOP_NOT_AWAITED",
    "WITHDRAWAL_NOT_AWAITED",
    "CALL_BEFORE_COMMIT",
    "CLOSED_BY_TIMEOUT",
  ].map((definition) => handOff("wrong", definition)),
  ...Array.from({ length: 15 }, (_, variant): ModelCase => {
    // With a clock of their own these two have many more states; one message shows what they are about.
    const messages = variant === 5 || variant === 6 ? ["NM=1"] : [];
    // A restart of the database drops row locks, which only variant 2 rests on.
    const restarts = variant === 2 ? [] : ["MAXR=0"];
    return {
      name: `withdrawal variant ${variant}`,
      model: "withdrawal.pml",
      design: rightVariants.includes(variant) ? "right" : "wrong",
      definitions: [`VARIANT=${variant}`, "MAXK=1", ...messages, ...restarts],
    };
  }),
];

/** Throws with one line that says what to install. */
export function requireSpin(): void {
  for (const [program, flag] of [
    ["spin", "-V"],
    ["gcc", "--version"],
  ] as const) {
    if (spawnSync(program, [flag], { stdio: "ignore" }).status !== 0)
      throw new Error(`${program} is missing: run test/spec/foreign/install.sh as root`);
  }
}

/** Every reachable state is looked at; an answer "holds" is a proof for the model's size. */
export function checkModel(run: Run): ModelAnswer {
  const folder = mkdtempSync(join(tmpdir(), "sg-model-"));
  try {
    const source = new URL(`../spec/${run.model}`, import.meta.url).pathname;
    const quiet = { cwd: folder, stdio: "ignore" } as const;
    execFileSync("spin", [...run.definitions.map((one) => `-D${one}`), "-a", source], quiet);
    const kind = run.live === true ? ["-DNFAIR=3"] : ["-DSAFETY", "-DNOCLAIM"];
    execFileSync("gcc", ["-O1", "-w", ...kind, "-o", "pan", "pan.c"], quiet);
    const search = run.live === true ? ["-a", "-f"] : ["-E"];
    const pan = spawnSync("./pan", [...search, "-m500000"], { cwd: folder, encoding: "utf8" });
    const errors = /errors: (\d+)/.exec(pan.stdout)?.[1];
    if (errors === undefined || /max search depth too small|out of memory|reached -DMEMLIM/.test(pan.stdout))
      throw new Error(`Spin did not finish ${run.model}: ${pan.stdout.slice(0, 300)}${pan.stderr}`);
    return {
      holds: errors === "0",
      broken: /assertion violated (.+?) \(at depth|acceptance cycle/.exec(pan.stdout)?.[1]?.trim() ?? null,
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function main(): void {
  requireSpin();
  let unexpected = 0;
  for (const one of modelCases) {
    const { holds, broken } = checkModel(one);
    const expected = holds === (one.design === "right");
    if (!expected) unexpected += 1;
    const found = holds ? "holds" : `broken: ${broken ?? "a message or an answer never comes to its end"}`;
    const suffix = one.live === true ? ", everything comes to an end" : "";
    process.stdout.write(
      `${expected ? "as it should" : "NOT AS IT SHOULD"}  ${one.name}${suffix}: ${found}\n`,
    );
  }
  process.exitCode = unexpected === 0 ? 0 : 1;
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) main();
