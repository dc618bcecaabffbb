/**
 * CSV rows a CPU second: ours beside udsv behind a StringDecoder and a naive split, in one run, and counting
 * line ends as the physical limit. Run: npx tsx bench/csv.ts [rows]
 */
import { StringDecoder } from "node:string_decoder";
import { inferSchema, initParser, type Parser } from "udsv";
import { readRows } from "../src/tabular/read-rows.ts";

const rows = Number(process.argv[2] ?? 200_000);
const rounds = 4;
const chunkBytes = 64 * 1024;
const lines = Array.from(
  { length: rows },
  (_, at) =>
    `0900${String(at % 1_000_000).padStart(6, "0")},Nguyễn Văn Bình ${at},1990-01-0${(at % 9) + 1},VN,` +
    `2026-10-01T10:00:00+07:00,consent,web_form,"landing, ${at % 7}"`,
);
const file = Buffer.from(
  `phone,name,birthDate,country,consentedAt,basis,method,source\n${lines.join("\n")}\n`,
);

async function* source(): AsyncGenerator<Buffer, void, undefined> {
  for (let at = 0; at < file.length; at += chunkBytes) yield file.subarray(at, at + chunkBytes);
}

const candidates: Record<string, () => Promise<number>> = {
  "line ends only (limit)": async () => {
    let count = 0;
    for await (const chunk of source()) {
      for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10, at + 1)) count++;
    }
    return count - 1;
  },
  ours: async () => {
    let count = 0;
    for await (const batch of readRows(source())) count += batch.rows.length;
    return count;
  },
  "udsv + StringDecoder": async () => {
    const decoder = new StringDecoder("utf8");
    let parser: Parser | undefined;
    let count = 0;
    for await (const chunk of source()) {
      const text = decoder.write(chunk);
      parser ??= initParser(inferSchema(text));
      parser.chunk<string[]>(text, parser.stringArrs, () => {
        count++;
      });
    }
    parser?.end();
    return count;
  },
  "split, quotation marks ignored (wrong)": async () => {
    let rest = "";
    let count = -1;
    for await (const chunk of source()) {
      const parts = (rest + chunk.toString()).split("\n");
      rest = parts.pop() ?? "";
      for (const line of parts) if (line.split(",").length > 0) count++;
    }
    return count;
  },
};

const best: Record<string, number> = {};
for (let round = 0; round < rounds; round++) {
  for (const [name, run] of Object.entries(candidates)) {
    const start = process.cpuUsage();
    const count = await run();
    const { user, system } = process.cpuUsage(start);
    if (count !== rows) console.log(`${name}: ${count} rows instead of ${rows}`);
    best[name] = Math.max(best[name] ?? 0, rows / ((user + system) / 1e6));
  }
}
for (const [name, perSecond] of Object.entries(best))
  console.log(`${name.padEnd(40)} ${Math.round(perSecond).toLocaleString("en")} rows/CPU-s`);
console.log(
  `ours / udsv ${((best["ours"] ?? 0) / (best["udsv + StringDecoder"] ?? 1)).toFixed(2)}, ` +
    `peak memory ${Math.round(process.resourceUsage().maxRSS / 1024)} MB with the file of ${Math.round(file.length / 1e6)} MB in it`,
);
